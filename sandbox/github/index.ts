import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { graphqlRoutes } from './routes-graphql.ts';
import { openFaults } from '../kit/faults.ts';
import { openLedger } from '../kit/ledger.ts';
import { openServer } from '../kit/server.ts';
import type { StandIn } from '../kit/stand-in.ts';
import { openAccess } from './access.ts';
import type { Access } from './access.ts';
import { openRateLimits } from './limits.ts';
import type { LimitSettings } from './limits.ts';
import { openPeople, visibleIn } from './people.ts';
import type { People } from './people.ts';
import { openRepository } from './repository.ts';
import { appRoutes } from './routes-app.ts';
import { commentRoutes } from './routes-comments.ts';
import { repositoryRoutes } from './routes-repository.ts';
import { addUpload, uploadRoutes } from './routes-uploads.ts';
import { userRoutes } from './routes-users.ts';
import { answering } from './server.ts';
import { openSpeech } from './speech.ts';
import type { Speech } from './speech.ts';
import { openWebhooks } from './webhooks.ts';
import type { Attempt, Delivered } from './webhooks.ts';
import { createWorld, person } from './world.ts';
import type { CheckRun, Reaction, Upload, World } from './world.ts';

export type GithubStandIn = StandIn &
  People & {
    /** `owner/name` of the repository, and the folder of its bare git repository. */
    readonly repository: { readonly name: string; readonly gitDir: string; readonly headSha: string };
    readonly installation: string;
    /** The app is installed, removed, suspended, taken back: changes what is allowed and tells the hub. */
    readonly install: () => Promise<Delivered>;
    readonly uninstall: () => Promise<Delivered>;
    readonly suspend: () => Promise<Delivered>;
    /** Delivers any payload, signed. */
    readonly deliver: (event: string, payload: object) => Promise<Delivered>;
    readonly attempts: readonly Attempt[];
    readonly reactions: readonly Reaction[];
    /** Somebody reacts to `comment <id>` or `issue <number>`; GitHub tells no app of it. */
    readonly reactAs: (login: string, on: string, content: string) => void;
    /** Check runs by name, with their fields as they were written last. */
    readonly checkRuns: () => readonly CheckRun[];
    /** From now on the app may not write checks. */
    readonly denyChecks: () => void;
    /** A new commit is the head of the pull request. */
    readonly pushCommit: () => void;
    /** From now on uploads lead to a page to sign in at. */
    readonly hideUploads: () => void;
    /** Keeps a file and gives the Markdown that links to it. */
    readonly upload: (upload: Upload) => string;
    /** No installation token given so far is taken any more. */
    readonly expireTokens: () => void;
  };

/**
 * GitHub on 127.0.0.1: an app that is installed on one repository with one open pull request, backed by a real git
 * repository. Calls are named in the ledger by method and pattern, e.g. `POST /repos/:o/:r/issues/:n/comments`; the
 * patterns stand in routes-*.ts. People mention the bot as `@switchboard-dev`; `say` writes review comments.
 */
export async function openGithubStandIn(settings: LimitSettings = {}): Promise<GithubStandIn> {
  await using closers = new AsyncDisposableStack();
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = randomBytes(24).toString('base64url');
  const appId = randomInt(100_000, 1_000_000);
  const server = closers.use(await openServer());
  const git = closers.use(await openRepository());
  const webhooks = closers.use(openWebhooks(secret, appId));
  const world = createWorld(server.url, git, appId);
  const speech = openSpeech(world, webhooks);
  const access = openAccess(appId, keys.publicKey);
  const [ledger, faults] = [openLedger(), openFaults()];
  const routes = [
    ...appRoutes(world, access, webhooks),
    ...commentRoutes(world, speech),
    ...repositoryRoutes(world, speech),
    ...uploadRoutes(world),
    ...graphqlRoutes(world, speech),
    ...userRoutes(world),
  ];
  server.serve(answering({ routes, access, limits: openRateLimits(settings), faults, ledger }));
  const moved = closers.move();
  return {
    name: 'github',
    url: server.url,
    environment: {
      APP_ID: String(appId),
      PRIVATE_KEY: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      WEBHOOK_SECRET: secret,
      GITHUB_API_URL: server.url,
      GITHUB_APP_SLUG: world.app.slug,
    },
    ledger,
    faults,
    deliverTo: webhooks.deliverTo,
    ...openPeople(world, speech),
    visible: (thread) => visibleIn(world, thread),
    repository: { name: `${world.owner.login}/${world.repo.name}`, gitDir: git.gitDir, headSha: git.head.sha },
    installation: String(world.installation.id),
    ...installing(world, speech, access),
    deliver: webhooks.deliver,
    attempts: webhooks.attempts,
    reactions: world.reactions,
    reactAs: (login, on, content) =>
      void world.reactions.push({ id: world.nextId(), on, by: person(world, login), content }),
    checkRuns: () => [...world.checkRuns.values()],
    denyChecks: () => void (world.may.checks = false),
    pushCommit: () => void (world.head = randomBytes(20).toString('hex')),
    hideUploads: () => void (world.may.uploads = false),
    upload: (upload) => addUpload(world, upload),
    expireTokens: access.expireTokens,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function installing(
  world: World,
  speech: Speech,
  access: Access,
): Pick<GithubStandIn, 'install' | 'uninstall' | 'suspend'> {
  const turn = async (active: boolean, action: 'created' | 'deleted' | 'suspend'): Promise<Delivered> => {
    world.installation.active = active;
    if (!active) access.expireTokens();
    return speech.installation(action);
  };
  return {
    install: () => turn(true, 'created'),
    uninstall: () => turn(false, 'deleted'),
    suspend: () => turn(false, 'suspend'),
  };
}
