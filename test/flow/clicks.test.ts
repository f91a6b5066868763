import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { listing as discord } from '../../adapters/discord/listing.ts';
import { listing as github } from '../../adapters/github/listing.ts';
import { listing as slack } from '../../adapters/slack/listing.ts';
import { listing as teams } from '../../adapters/teams/listing.ts';
import { openDiscordStandIn } from '../../sandbox/discord/index.ts';
import { openGithubStandIn } from '../../sandbox/github/index.ts';
import type { StandIn } from '../../sandbox/kit/stand-in.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import { openTeamsStandIn } from '../../sandbox/teams/index.ts';
import type { AdapterListing } from '../../src/model/adapter.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';
import { until } from '../kit/until.ts';

// A button below an answer, as each platform has it: pressed by the right person, once, in time, and otherwise refused.

type Button = { readonly post: string; readonly thread: string; readonly id: string; readonly label: string };

/** A platform, and how somebody presses a button there. */
type Stage = { readonly standIn: StandIn; readonly press: (button: Button) => Promise<unknown> };

const stages: readonly (readonly [name: string, listing: AdapterListing, open: () => Promise<Stage>])[] = [
  [
    'Slack',
    slack,
    async () => {
      const standIn = await openSlackStandIn();
      return { standIn, press: ({ post, id }) => standIn.click(post, id) };
    },
  ],
  [
    'Discord',
    discord,
    async () => {
      const standIn = await openDiscordStandIn();
      return { standIn, press: ({ post, id }) => standIn.click(post, id) };
    },
  ],
  [
    'Teams',
    teams,
    async () => {
      const standIn = await openTeamsStandIn();
      return { standIn, press: ({ post, label }) => standIn.click(post, label) };
    },
  ],
  [
    'GitHub',
    github,
    async () => {
      const standIn = await openGithubStandIn();
      return { standIn, press: ({ thread, id }) => standIn.say({ text: `pick ${id}`, thread }) };
    },
  ],
];

for (const [name, listing, open] of stages) {
  describe(`buttons on ${name}`, () => {
    const closers = new AsyncDisposableStack();
    let stage: Stage;
    let database: TestDatabase;
    let button: Button;

    before(async () => {
      stage = await open();
      closers.use(stage.standIn);
      database = closers.use(await openTestDatabase());
      const platforms = [[listing, stage.standIn]] as const;
      closers.use(await startRealHub({ database, platforms, answer: 'Yes.', policy: { buttons: 'always' } }));
      const { thread } = await stage.standIn.say({ text: 'well?' });
      const cards = () => stage.standIn.visible(thread).filter(({ fromBot }) => fromBot);
      // Where a placeholder goes first, the post is there before its buttons.
      const isAnswered = async (): Promise<boolean> => {
        const turns = await database.db.sql`select 1 from switchboard.turns where state = 'answered'`;
        return turns.length === 1;
      };
      await until('the buttons are shown', isAnswered, { withinMs: 10_000 });
      assert.equal(cards().length, 2);
      const [control] = await database.db.sql<
        { id: string }[]
      >`select id from switchboard.controls where wish = 'good'`;
      button = { post: cards()[1]?.id ?? '', thread, id: control?.id ?? '', label: '👍 Helpful' };
    });
    after(() => closers.disposeAsync());

    /** What came of the last press: of a click for the record, of a comment in words. */
    const outcome = async (pressed: () => Promise<unknown>): Promise<string> => {
      const { sql } = database.db;
      const count = async (): Promise<number> => {
        const [row] = await sql<
          { count: number }[]
        >`select ((select count(*) from switchboard.acts where state <> 'waiting')
          + (select count(*) from switchboard.turns where template = 'command:pick' and state = 'answered'))::int as count`;
        return row?.count ?? 0;
      };
      const earlier = await count();
      await pressed();
      await until('it was looked at', async () => (await count()) > earlier, { withinMs: 10_000 });
      const [row] = await sql<{ said: string }[]>`
        select said from (select received_at as at, reason as said from switchboard.acts
          union all select started_at, answer from switchboard.turns where template = 'command:pick') all_of_them order by at desc limit 1`;
      return row?.said ?? '';
    };
    const opinions = async (): Promise<number> => {
      const [row] = await database.db.sql<{ count: number }[]>`select count(*)::int as count from switchboard.feedback`;
      return row?.count ?? 0;
    };
    /** Presses it while the hub knows something else about it. */
    const pressWhile = async (change: string, back: string): Promise<string> => {
      const { sql } = database.db;
      await sql.unsafe(`update switchboard.controls set ${change} where wish = 'good'`);
      try {
        return await outcome(() => stage.press(button));
      } finally {
        await sql.unsafe(`update switchboard.controls set ${back} where wish = 'good'`);
      }
    };

    test(`${name}: a click with an id that nobody gave out is refused`, async () => {
      assert.equal(await pressWhile(`id = 'not ' || id`, `id = substr(id, 5)`), 'There is no such button any more.');
    });

    test(`${name}: a click by somebody whom the button is not for is refused`, async () => {
      assert.equal(await pressWhile(`person = 'somebody else'`, `person = null`), 'This button is for somebody else.');
    });

    test(`${name}: a click in another place than the button’s is refused`, async () => {
      const other = `turn_id = (select id from switchboard.turns where thread_id = '00000000-0000-4000-8000-0000000000aa')`;
      await database.db.sql`insert into switchboard.threads (organization_id, id, install_id, channel, external_id)
        select organization_id, '00000000-0000-4000-8000-0000000000aa', id, 'elsewhere', 'elsewhere' from switchboard.installs limit 1`;
      await database.db.sql`insert into switchboard.turns (organization_id, id, thread_id, state)
        select organization_id, gen_random_uuid(), id, 'answered' from switchboard.threads where channel = 'elsewhere'`;
      const [own] = await database.db.sql<{ turn: string }[]>`select turn_id as turn from switchboard.controls limit 1`;
      const said = await pressWhile(other, `turn_id = '${own?.turn ?? ''}'`);
      assert.equal(said, 'This button belongs to another conversation.');
    });

    test(`${name}: a click that comes too late is refused`, async () => {
      const said = await pressWhile(
        `expires_at = now() - interval '1 minute'`,
        `expires_at = now() + interval '1 hour'`,
      );
      assert.equal(said, 'This button is too old to be pressed.');
      assert.equal(await opinions(), 0);
    });

    test(`${name}: a click counts once, and the same one again is refused`, async () => {
      assert.match(await outcome(() => stage.press(button)), /^(kept as good|Done\.)$/);
      assert.equal(await opinions(), 1);
      assert.equal(await outcome(() => stage.press(button)), 'This button has been pressed already.');
      assert.equal(await opinions(), 1);
    });
  });
}
