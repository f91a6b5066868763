import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listing as discord } from '../../adapters/discord/listing.ts';
import { listing as github } from '../../adapters/github/listing.ts';
import { listing as slack } from '../../adapters/slack/listing.ts';
import { listing as teams } from '../../adapters/teams/listing.ts';
import { openDiscordStandIn } from '../../sandbox/discord/index.ts';
import { openGithubStandIn } from '../../sandbox/github/index.ts';
import type { StandIn } from '../../sandbox/kit/stand-in.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import { openTeamsStandIn } from '../../sandbox/teams/index.ts';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { addSchedule } from '../../src/db/schedules.ts';
import type { Route } from '../../src/llm/route.ts';
import type { AdapterListing } from '../../src/model/adapter.ts';
import { openTestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';
import { until } from '../kit/until.ts';

/** Where people go on without a mention; on GitHub nobody does: who takes part in an issue is called by name. */
const stages: readonly (readonly [
  name: string,
  listing: AdapterListing,
  open: () => Promise<StandIn>,
  plain: boolean,
])[] = [
  ['Slack', slack, () => openSlackStandIn(), true],
  ['Discord', discord, () => openDiscordStandIn(), true],
  ['Teams', teams, () => openTeamsStandIn(), true],
  ['GitHub', github, () => openGithubStandIn(), false],
];

for (const [name, listing, open, plain] of stages)
  test(`${name}: what a schedule says is there once, and people go on with it under it`, async () => {
    await using database = await openTestDatabase();
    await using stage = await open();
    const told: string[] = [];
    const answer: Route = {
      async *stream({ messages }) {
        told.push(messages.map(({ role, text }) => `${role}: ${text}`).join('\n'));
        yield { kind: 'text', text: 'Quite so.' };
        yield { kind: 'done', reason: 'stop' };
      },
    };
    await using _hub = await startRealHub({ database, platforms: [[listing, stage]], answer });
    const said = await stage.say({ text: 'good morning' });
    await until('the bot is there', () => stage.visible(said.thread).some(({ fromBot }) => fromBot), {
      withinMs: 15_000,
    });
    const [place] = await database.db.sql<{ channel: string; install: string }[]>`
      select t.channel, i.external_id as install from switchboard.threads t join switchboard.installs i on i.id = t.install_id`;
    assert.ok(place);
    const { install, channel } = place;
    await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
      addSchedule(tx, {
        app: environmentApp(listing.platform),
        install,
        to: { channel, title: 'Weekly report' },
        kind: 'say',
        text: 'All has gone well.',
        when: { at: new Date() },
        createdBy: 'a test',
      }),
    );
    const found = () => stage.visible().filter(({ text }) => text.includes('All has gone well'));
    await until('it is said', () => found().length > 0, { withinMs: 10_000 });
    await until(
      'it is written down',
      async () => (await database.db.sql`select 1 from switchboard.turns where state = 'running'`).length === 0,
    );
    assert.equal(found().length, 1);
    const [post] = found();
    const thread = post?.thread ?? '';
    assert.notEqual(thread, said.thread);
    await stage.say({ text: 'really, qz?', thread, plain });
    await until('it is answered', () => stage.visible(thread).some(({ text }) => text.includes('Quite so')), {
      withinMs: 10_000,
      seen: () => stage.visible(thread),
    });
    assert.match(told.at(-1) ?? '', /assistant: All has gone well\.\nuser: .*really, qz\?/);
  });
