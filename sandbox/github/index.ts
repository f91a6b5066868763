import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { openFaults } from '../kit/faults.ts';
import { openLedger } from '../kit/ledger.ts';
import { openServer } from '../kit/server.ts';
import type { StandIn, Visible } from '../kit/stand-in.ts';
import { answeringAll, openCreated } from './created.ts';
import { openUniverse, type Universe } from './universe.ts';
import type { Access } from './access.ts';
import { openRateLimits } from './limits.ts';
import type { LimitSettings } from './limits.ts';
import { openPeople, visibleIn } from './people.ts';
import type { People } from './people.ts';
import { openRepository } from './repository.ts';
import { addUpload } from './routes-uploads.ts';
import type { Speech } from './speech.ts';
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
    /** Apps that people have made here from manifests. */
    readonly apps: {
      /** Variables that lead a hub here. */
      readonly urls: Readonly<Record<'GITHUB_API_URL' | 'GITHUB_URL', string>>;
      readonly all: () => readonly MadeApp[];
    };
  };

export type MadeApp = Pick<People, 'comment'> & {
  readonly id: number;
  readonly slug: string;
  readonly isInstalled: () => boolean;
  readonly visible: (thread?: string) => readonly Visible[];
  /** From now on the installation grants this; GitHub does so until somebody accepts what an app asks for anew. */
  readonly grant: (permissions: Readonly<Record<string, string>>) => void;
};

/**
 * GitHub on 127.0.0.1: an app that is installed on one repository with one open pull request, backed by a real git
 * repository. Calls are named in the ledger by method and pattern, e.g. `POST /repos/:o/:r/issues/:n/comments`; the
 * patterns stand in routes-*.ts. People mention the bot as `@switchboard-dev`; `say` writes review comments.
 */
export async function openGithubStandIn(settings: LimitSettings = {}): Promise<GithubStandIn> {
  const closers = new AsyncDisposableStack();
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = randomBytes(24).toString('base64url');
  const appId = randomInt(100_000, 1_000_000);
  const server = closers.use(await openServer());
  const git = closers.use(await openRepository());
  const [ledger, faults] = [openLedger(), openFaults()];
  const shared = { ledger, faults, limits: openRateLimits(settings) };
  const own = openUniverse(createWorld(server.url, git, appId), { publicKey: keys.publicKey, secret }, shared);
  closers.use(own.webhooks);
  const { world, webhooks, speech, access } = own;
  const created = openCreated({ url: server.url, git, closers, shared });
  server.serve(answeringAll(created, own));
  return {
    name: 'github',
    url: server.url,
    environment: {
      APP_ID: String(appId),
      PRIVATE_KEY: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      WEBHOOK_SECRET: secret,
      GITHUB_API_URL: server.url,
      GITHUB_URL: server.url,
      GITHUB_APP_SLUG: world.app.slug,
    },
    ledger,
    faults,
    apps: { urls: { GITHUB_API_URL: server.url, GITHUB_URL: server.url }, all: () => created.apps.map(seenFrom) },
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
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}

const seenFrom = ({ world, speech }: Universe): MadeApp => ({
  id: world.app.id,
  slug: world.app.slug,
  isInstalled: () => world.installation.active,
  comment: openPeople(world, speech).comment,
  visible: (thread) => visibleIn(world, thread),
  grant: (permissions) => void (world.permissions.granted = permissions),
});

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
