import type { Access, Adapter } from '../../src/model/adapter.ts';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { addressOf, placeOf, subjectOf } from './address.ts';
import type { Client } from './client.ts';
import type { Bot } from './message.ts';
import { issuesAnswer, openedAnswer, personAnswer } from './payload.ts';
import { shaped } from './shaped.ts';

type Reaching = Required<Pick<Adapter, 'reach' | 'under' | 'person'>>;

export function openReaching(client: Client, bot: Bot): Reaching {
  return {
    /** An issue by its number, or the open one of ours that has this title, which is opened if there is none. */
    async reach(access, to, signal) {
      if ('person' in to) throw new Failure('refused', 'GitHub has no conversations of one with one');
      const [, owner, repo, number] = /^([\w.-]{1,100})\/([\w.-]{1,100})(?:#(\d{1,15}))?$/.exec(to.channel) ?? [];
      if (owner === undefined || repo === undefined)
        throw new Failure('invalid', 'a channel of GitHub is owner/repository, or owner/repository#number');
      if (number !== undefined) return issueAt(access, { owner, repo, number: Number(number) });
      if (to.title === undefined || to.title.trim() === '')
        throw new Failure('invalid', 'a repository is reached by an issue: give it a title');
      const title = to.title.replaceAll(/\s+/g, ' ').trim();
      return issueAt(access, await ownIssue(client, access, { owner, repo, title, bot }, signal));
    },

    /** Answers to a comment of a discussion stand below it; everything else is in one line. */
    under(place, postId) {
      const address = addressOf(place);
      const subject = subjectOf(postId);
      if (address.discussion === undefined || address.root !== undefined || subject.kind !== 'e') return place;
      return placeOf(place.install, { ...address, root: subject.id, subject });
    },

    async person(access, id, signal) {
      // A name can be given up and taken by somebody else; the number cannot.
      const route = /^\d{1,15}$/.test(id) ? 'GET /user/{id}' : 'GET /users/{id}';
      const { login, name } = shaped(personAnswer, await client.call(access, route, { id }, signal));
      return { id, name: name ? name : login, locale: undefined, timeZone: undefined };
    },
  };
}

type Spot = { readonly owner: string; readonly repo: string; readonly number: number };

const issueAt = ({ install }: Access, spot: Spot): Place =>
  placeOf(install, { ...spot, subject: { kind: 'n', id: spot.number } });

type Titled = { readonly owner: string; readonly repo: string; readonly title: string; readonly bot: Bot };

async function ownIssue(
  client: Client,
  access: Access,
  { owner, repo, title, bot }: Titled,
  signal: AbortSignal,
): Promise<Spot> {
  const parameters = { owner, repo, creator: `${bot.slug}[bot]`, state: 'open', per_page: 100 };
  const listed = shaped(
    issuesAnswer,
    await client.call(access, 'GET /repos/{owner}/{repo}/issues', parameters, signal),
  );
  const found = listed.find((issue) => issue.title === title && !issue.pull_request);
  if (found !== undefined) return { owner, repo, number: found.number };
  const made = await client.call(access, 'POST /repos/{owner}/{repo}/issues', { owner, repo, title }, signal);
  const parsed = openedAnswer.safeParse(made);
  if (!parsed.success) throw new Failure('unknown-outcome', 'GitHub opened the issue and did not say its number');
  return { owner, repo, number: parsed.data.number };
}
