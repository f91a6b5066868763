import type { Said, Utterance, Visible } from '../kit/stand-in.ts';
import type { Speech } from './speech.ts';
import { addDiscussion, addRemark, editRemark, threadOfDiscussion, threadOfRemark } from './talk.ts';
import type { Delivered } from './webhooks.ts';
import { person } from './world.ts';
import type { Remark, World } from './world.ts';

export type Text = Pick<Utterance, 'text' | 'as' | 'plain'>;

/** Who speaks when nobody is named. */
export const SOMEBODY = 'ada';

/** What people do in discussions, on commits and with check runs. */
export type Talk = {
  readonly openDiscussion: (said: Text & { readonly title: string }) => Promise<Said>;
  /** A comment of a discussion; with a thread, an answer in it. */
  readonly discuss: (said: Text & { readonly thread: string }) => Promise<Said>;
  /** A comment on the pull request's first commit, or on one line of it. */
  readonly commentCommit: (said: Text & { readonly path?: string; readonly position?: number }) => Promise<Said>;
  /** Presses a button of a check run by its label, or "Re-run" (`rerun`). Refused when there is no such button. */
  readonly pressCheck: (run: number, label: string, as?: string) => Promise<Delivered>;
  /** Changes, or takes away, a discussion (`d` and its number) or one of these comments; undefined: there is none. */
  readonly change: (id: string, text: string) => Promise<Said | undefined>;
  readonly take: (id: string) => Promise<Said | undefined>;
};

export function openTalk(world: World, speech: Speech): Talk {
  const written = ({ text, plain }: Text): string => (plain === true ? text : `@${world.app.slug} ${text}`);
  const author = ({ as }: Text) => person(world, as ?? SOMEBODY);
  const remarked = async (said: Text, on: Remark['on']): Promise<Said> => {
    const remark = addRemark(world, { author: author(said), body: written(said), on });
    return saidOf(String(remark.id), threadOfRemark(world, remark), await speech.remark('created', remark));
  };
  return {
    async openDiscussion(said) {
      const discussion = addDiscussion(world, { title: said.title, author: author(said), body: written(said) });
      const delivered = await speech.discussion('created', discussion);
      return saidOf(`d${discussion.number}`, threadOfDiscussion(world, discussion.number), delivered);
    },
    discuss(said) {
      const [, number, parent] = /\/discussions\/(\d+)(?:\/c(\d+))?$/.exec(said.thread) ?? [];
      if (!world.discussions.has(Number(number))) throw new Error(`no discussion ${said.thread} in the stand-in`);
      const above = parent === undefined ? undefined : Number(parent);
      return remarked(said, { kind: 'discussion', number: Number(number), parent: above });
    },
    commentCommit(said) {
      const { path, position } = said;
      return remarked(said, { kind: 'commit', sha: world.git.head.sha, path, position, line: position });
    },
    async pressCheck(id, label, as) {
      const run = world.checkRuns.get(id);
      if (run === undefined) throw new Error(`no check run ${id} in the stand-in`);
      const by = person(world, as ?? SOMEBODY);
      if (label === 'rerun') return speech.check(run, by);
      const { actions } = run.fields;
      const found: unknown = Array.isArray(actions) ? actions.find((one) => labelOf(one) === label) : undefined;
      if (typeof found !== 'object' || found === null || !('identifier' in found))
        throw new Error(`there is no button ${label} on check run ${id}`);
      return speech.check(run, by, String(found.identifier));
    },
    ...openTalkChanges(world, speech),
  };
}

function openTalkChanges(world: World, speech: Speech): Pick<Talk, 'change' | 'take'> {
  return {
    async change(id, text) {
      const discussion = world.discussions.get(Number(id.replace(/^d/, '')));
      if (id.startsWith('d') && discussion !== undefined) {
        const before = discussion.body;
        discussion.body = text;
        const delivered = await speech.discussion('edited', discussion, before);
        return saidOf(id, threadOfDiscussion(world, discussion.number), delivered);
      }
      const remark = world.remarks.get(Number(id));
      if (remark === undefined) return undefined;
      const before = remark.body;
      editRemark(remark, text);
      return saidOf(id, threadOfRemark(world, remark), await speech.remark('edited', remark, before));
    },
    async take(id) {
      const discussion = world.discussions.get(Number(id.replace(/^d/, '')));
      if (id.startsWith('d') && discussion !== undefined) {
        world.discussions.delete(discussion.number);
        const delivered = await speech.discussion('deleted', discussion);
        return saidOf(id, threadOfDiscussion(world, discussion.number), delivered);
      }
      const remark = world.remarks.get(Number(id));
      if (remark === undefined) return undefined;
      world.remarks.delete(remark.id);
      return saidOf(id, threadOfRemark(world, remark), await speech.remark('deleted', remark));
    },
  };
}

const labelOf = (action: unknown): unknown =>
  typeof action === 'object' && action !== null && 'label' in action ? action.label : undefined;

/** Comments of discussions and on commits, as they are stored. */
export function talkIn(world: World): readonly { readonly order: number; readonly seen: Visible }[] {
  return [...world.remarks.values()].map((remark) => ({
    order: remark.id,
    seen: {
      id: String(remark.id),
      thread: threadOfRemark(world, remark),
      author: remark.author.login,
      fromBot: remark.author.type === 'Bot',
      text: remark.body,
      edits: remark.edits,
      at: remark.createdAt,
    },
  }));
}

export function saidOf(id: string, thread: string, { status, inMs }: Delivered): Said {
  return { id, thread, status, acknowledgedInMs: status === undefined ? undefined : inMs };
}
