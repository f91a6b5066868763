import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { generateSpecs } from 'hono-openapi';
import type { People } from '../auth/open.ts';
import type { Identify } from '../auth/principal.ts';
import type { Connections } from '../connect/connections.ts';
import type { Database } from '../db/database.ts';
import { Failure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { budgets } from './budgets.ts';
import { chat, type ChatDesk } from './chat.ts';
import { isUpload, MOST_UPLOAD } from './chat-files.ts';
import { connected } from './connected.ts';
import { conversations } from './conversations.ts';
import { counts } from './counts.ts';
import { deadLetters } from './dead-letters.ts';
import { deliveries } from './deliveries.ts';
import { discover } from './discover.ts';
import type { ApiEnv } from './endpoint.ts';
import { gate } from './gate.ts';
import { live } from './live.ts';
import type { McpDesk } from './mcp-desk.ts';
import { mcpServers } from './mcp-servers.ts';
import { me } from './me.ts';
import { models, type ModelsDesk } from './models.ts';
import { once } from './once.ts';
import { people } from './people.ts';
import { places } from './places.ts';
import { policies } from './policies.ts';
import { problem, problemOf } from './problem.ts';
import type { Pulse } from './pulse.ts';
import { system, type SystemOptions } from './system.ts';
import { templates } from './templates.ts';
import { tools } from './tools.ts';
import { usage } from './usage.ts';

export type ApiOptions = {
  readonly db: Database;
  readonly identify: Identify;
  readonly people: People;
  readonly connections: Connections;
  readonly chat: ChatDesk;
  readonly models: ModelsDesk;
  readonly mcp: McpDesk;
  readonly pulse: Pulse;
  readonly system: SystemOptions;
  readonly log: Log;
};

/** Where the API is. */
export const API_PATH = '/api/v1';

/** Of one request. */
const MOST_BYTES = 1024 * 1024;

const limited = (most: number) =>
  bodyLimit({ maxSize: most, onError: (c) => problem(c, 413, `at most ${most} bytes`) });

/** All routes. Each says itself who may call it; a new one is in the description, and in the tests of every route, by itself. */
export function openApi(options: ApiOptions) {
  const [small, large] = [limited(MOST_BYTES), limited(MOST_UPLOAD)];
  const routes = new Hono<ApiEnv>()
    .basePath(API_PATH)
    .use(gate(options.identify))
    .use((c, next) => (isUpload(c.req.path) ? large : small)(c, next))
    .use(once({ db: options.db, keys: options.people.keys }))
    .route('/conversations', conversations(options))
    .route('/dead-letters', deadLetters(options))
    .route('/deliveries', deliveries(options))
    .route('/chat', chat(options.chat))
    .route('/', people(options))
    .route('/', connected(options))
    .route('/me', me(options))
    .route('/audit', audit(options))
    .route('/', steering(options));
  routes.notFound((c) => problem(c, 404, 'there is no such route: see /openapi.json'));
  routes.onError((error, c) => {
    if (error instanceof Failure) return problemOf(c, error);
    options.log.error({ error, path: c.req.path }, 'a request to the API failed');
    return problem(c, 500, 'it is written in the log');
  });
  return routes;
}

/** What is decided, and what it costs. */
const steering = (options: ApiOptions) =>
  new Hono<ApiEnv>()
    .route('/approvals', approvals(options))
    .route('/budgets', budgets(options))
    .route('/live', live(options))
    .route('/mcp-servers', mcpServers(options))
    .route('/models', discover(options))
    .route('/models', models(options))
    .route('/places', places(options))
    .route('/policies', policies(options))
    .route('/system', system(options.system))
    .route('/system', counts(options))
    .route('/templates', templates(options))
    .route('/tools', tools(options))
    .route('/usage', usage(options));

/** What the typed client stands on. */
export type Api = ReturnType<typeof openApi>;

/** The description of the API: OpenAPI 3.1. */
export const describeApi = (api: Api, version: string) =>
  generateSpecs(api, {
    documentation: {
      info: { title: 'Switchboard', version, description: 'One bot, every conversation: the API of the hub.' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
  });
