import { openDiscordStandIn } from './discord/index.ts';
import { openGithubStandIn } from './github/index.ts';
import type { StandIn } from './kit/stand-in.ts';
import { openLlmStandIn, type LlmStandIn } from './llm/index.ts';
import { openSlackStandIn } from './slack/index.ts';
import { openTeamsStandIn } from './teams/index.ts';

/** Every platform and a model, on this machine. */
export type Sandbox = {
  readonly platforms: readonly StandIn[];
  readonly model: LlmStandIn;
  /** Environment variables that connect a hub to all of it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly deliverTo: (hubUrl: string) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Tokens a second of the model: what people know from the well-known ones. */
const TOKENS_PER_SECOND = 40;

export async function openSandbox(options: { readonly tokensPerSecond?: number } = {}): Promise<Sandbox> {
  await using stack = new AsyncDisposableStack();
  const platforms = [
    stack.use(await openSlackStandIn()),
    stack.use(await openDiscordStandIn()),
    stack.use(await openTeamsStandIn()),
    stack.use(await openGithubStandIn()),
  ];
  const model = stack.use(await openLlmStandIn({ tokensPerSecond: options.tokensPerSecond ?? TOKENS_PER_SECOND }));
  const environment = Object.assign({}, model.environment, ...platforms.map((platform) => platform.environment));
  const open = stack.move();
  return {
    platforms,
    model,
    environment,
    deliverTo: (hubUrl) => platforms.forEach((platform) => platform.deliverTo(hubUrl)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
