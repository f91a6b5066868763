/** What a platform needs for an app to be connected from the console: data for a form, and functions that do it. */

/** Values by the environment variable's name: credentials, and base addresses of stand-ins. */
export type ConnectValues = Readonly<Record<string, string | undefined>>;

/** What a person fills in. */
export type ConnectField = {
  readonly name: string;
  readonly label: string;
  /** Where it is found on the platform. */
  readonly help: string;
  /** It is written once and never shown again. */
  readonly secret: boolean;
  readonly required: boolean;
  /** One of these; absent: any text. */
  readonly options?: readonly string[];
};

/** One way to connect an app. */
export type ConnectWay = {
  readonly id: string;
  readonly title: string;
  /** One sentence that says what it takes. */
  readonly summary: string;
  readonly fields: readonly ConnectField[];
};

/** Whom the platform has to know. */
export type ConnectAbout = {
  /** As people see the app. */
  readonly name: string;
  /** The hub's public base address, without a slash at its end. */
  readonly url: string;
  /** Where the platform delivers what happens in this app. */
  readonly hookUrl: string;
  /** Where the platform sends people back to. */
  readonly callbackUrl: string;
  /** Base addresses, where the environment has others than the vendor's own. */
  readonly settings: ConnectValues;
  readonly signal: AbortSignal;
};

/** An install's own tokens. */
export type InstallTokens = {
  readonly token: string;
  /** Gives the next ones, once. */
  readonly refresh?: string | undefined;
  /** Milliseconds since 1970; absent: it does not end by itself. */
  readonly endsAt?: number | undefined;
};

/** What is known and is no secret. */
export type ConnectDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export type ConnectInstall = {
  /** The platform's id of the workspace, guild, tenant or installation. */
  readonly install: string;
  readonly name: string;
  readonly tokens?: InstallTokens;
  readonly details: ConnectDetails;
};

/**
 * Where the person goes next. With `form` these fields are posted there, else it is a link. `aside`: the platform leads nobody
 * back from there, so that the console stays open beside it.
 */
export type ConnectGo = {
  readonly url: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly aside?: true;
};

/** What came of one step. */
export type ConnectStep = {
  /** All credentials of the app from now on; absent: they stay. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** What the platform calls it; absent: it stays. */
  readonly name?: string;
  /** Added to what is known. */
  readonly details?: ConnectDetails;
  readonly installs: readonly ConnectInstall[];
  readonly go?: ConnectGo;
};

/** What the platform must have of an install to be looked at. */
export type CheckedInstall = {
  readonly install: string;
  readonly name: string;
  readonly token: string | undefined;
  readonly details: ConnectDetails;
};

/** One thing that was looked at. A failing one says how it is mended. */
export type Finding = {
  readonly check: string;
  readonly state: 'ok' | 'failed' | 'unknown';
  /** What was found, in one sentence; never a secret. */
  readonly says: string;
  readonly fix?: string;
};

/**
 * Functions of one platform. Calls are sent once and end with `about.signal`; they reject with a Failure whose message names the
 * fix and holds no secret.
 */
export type Connecting = {
  /** Begins one of the ways with what was filled in. `state` comes back with the person. */
  readonly begin: (way: string, values: ConnectValues, about: ConnectAbout, state: string) => Promise<ConnectStep>;
  /** The person is back, with this query. Credentials are undefined as long as the app has none. */
  readonly finish?: (
    query: ConnectValues,
    credentials: ConnectValues | undefined,
    about: ConnectAbout,
    state: string,
  ) => Promise<ConnectStep>;
  /** What leads to one more workspace, or to the same one again when it has granted too little. */
  readonly install?: (credentials: ConnectValues, about: ConnectAbout, state: string) => Promise<ConnectStep>;
  /** A link to the platform's page that makes such an app, filled in. */
  readonly prefilled?: (about: ConnectAbout) => string;
  /** Tells the platform how the app looks today. `values`: what that takes beside its credentials. */
  readonly update?: (credentials: ConnectValues, values: ConnectValues, about: ConnectAbout) => Promise<ConnectStep>;
  /** Tokens in place of those that end. */
  readonly renew?: (credentials: ConnectValues, tokens: InstallTokens, about: ConnectAbout) => Promise<InstallTokens>;
  /** Takes the app out of a workspace. */
  readonly leave?: (credentials: ConnectValues, install: CheckedInstall, about: ConnectAbout) => Promise<void>;
  /** A file that an admin uploads to the platform. */
  readonly pack?: (
    credentials: ConnectValues,
    about: ConnectAbout,
  ) => Promise<{ readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }>;
  /** Where the app is, as the platform tells it. */
  readonly installs?: (credentials: ConnectValues, about: ConnectAbout) => Promise<readonly ConnectInstall[]>;
  /** What installs have to grant, as their `details.scopes` name it. */
  readonly wants?: () => readonly string[];
  readonly check: (
    credentials: ConnectValues,
    installs: readonly CheckedInstall[],
    about: ConnectAbout,
  ) => Promise<readonly Finding[]>;
};

/** How a platform's apps are connected: light, the functions are loaded when they are needed. */
export type Connect = {
  readonly ways: readonly ConnectWay[];
  /** What `update` takes beside the credentials; absent: there is no update. */
  readonly updateFields?: readonly ConnectField[];
  /** What is left to do on the platform once it is connected here; absent: nothing. */
  readonly left?: string;
  /** How somebody there says hello. `{name}` is the app's. */
  readonly hello: string;
  /** The page there to which a form of ours is posted: the setting with its base address, and the vendor's own. */
  readonly postsTo?: { readonly setting: string; readonly usual: string };
  /** Variables of the environment that hold for every app of the platform: base addresses. A tenant cannot set them. */
  readonly settings: readonly string[];
  readonly load: () => Promise<Connecting>;
};
