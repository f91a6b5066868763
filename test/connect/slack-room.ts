import assert from 'node:assert/strict';
import { inOrganization } from '../../src/db/database.ts';
import { openSlackStandIn, type InstalledApp, type SlackStandIn } from '../../sandbox/slack/index.ts';
import { until } from '../kit/until.ts';
import { press, visit } from './browser.ts';
import { DEFAULT_ORGANIZATION, openConnectHub, type ConnectHub, type Somebody } from './hub.ts';

export type Begun = { app: string; go: { url: string } };

export type SlackRoom = Awaited<ReturnType<typeof openSlackRoom>>;

/** A hub without an app, Slack, and a person with a browser between them. */
export async function openSlackRoom() {
  const slack = await openSlackStandIn({ echoes: false });
  const hub = await openConnectHub(slack.apps.urls);
  return {
    slack,
    hub,
    ...walks(slack, hub),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await slack[Symbol.asyncDispose]();
    },
  };
}

function walks(slack: SlackStandIn, hub: ConnectHub) {
  const byToken = (rotation = 'off') => ({
    way: 'token',
    values: { SLACK_CONFIG_TOKEN: slack.apps.configToken, SLACK_TOKEN_ROTATION: rotation },
  });

  async function begin(as: Somebody = {}, body: object = byToken()): Promise<Begun> {
    const { status, json } = await hub.ask('/connect/slack', { method: 'POST', body, as });
    assert.equal(status, 200, JSON.stringify(json));
    return json as Begun;
  }

  /** Presses Allow for a workspace; the address to which Slack sends the person back. */
  async function allow(url: string, team = 'T0SANDBOX02'): Promise<string> {
    const page = await visit(url);
    assert.equal(page.status, 200, page.text);
    const back = await press(page, { team, answer: 'allow' });
    assert.equal(back.status, 302);
    return back.url.href;
  }

  async function connect(team: string, as: Somebody = {}, body?: object): Promise<string> {
    const { app, go } = await begin(as, body);
    const led = await hub.comeBack(await allow(go.url, team), as);
    assert.equal(led.searchParams.get('connected'), app, led.href);
    return app;
  }

  const placeOf = (team: string, app?: InstalledApp['app']): InstalledApp => {
    const found = slack.apps
      .workspaces()
      .findLast((one) => one.team === team && (app === undefined || one.app === app));
    assert.ok(found, `no app in ${team}`);
    return found;
  };

  async function answered(place: InstalledApp): Promise<string> {
    const said = await place.say({ text: 'who are you?' });
    assert.equal(said.status, 200);
    const bot = () => place.visible(said.thread).find(({ fromBot }) => fromBot);
    await until('an answer', () => bot()?.text.startsWith('The answer') === true);
    return bot()?.text ?? '';
  }

  const installRow = async (app: string, organization = DEFAULT_ORGANIZATION) => {
    const rows = await inOrganization(
      hub.database.db,
      organization,
      (tx) =>
        tx<
          { id: string; state: string; sealed: string | null; external: string }[]
        >`select id, state, sealed_tokens as sealed, external_id as external from switchboard.installs where app_id = ${app}`,
    );
    return rows[0];
  };

  return { byToken, begin, allow, connect, placeOf, answered, installRow };
}
