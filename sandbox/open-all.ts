import { openDiscordStandIn } from './discord/index.ts';
import { openGithubStandIn } from './github/index.ts';
import type { StandIn } from './kit/stand-in.ts';
import { openLlmStandIn, type LlmStandIn } from './llm/index.ts';
import { openSlackStandIn } from './slack/index.ts';
import { discordStage } from './stage/discord.ts';
import { githubStage } from './stage/github.ts';
import { slackStage } from './stage/slack.ts';
import type { Stage } from './stage/stage.ts';
import { teamsStage } from './stage/teams.ts';
import { openTeamsStandIn } from './teams/index.ts';

/** Every platform and a model, on this machine. */
export type Sandbox = {
  readonly platforms: readonly StandIn[];
  /** The same platforms with somebody before each. */
  readonly stages: readonly Stage[];
  readonly model: LlmStandIn;
  /** One more, of another vendor. */
  readonly spare: LlmStandIn;
  /** Environment variables that connect a hub to all of it but the spare model. */
  readonly environment: Readonly<Record<string, string>>;
  readonly deliverTo: (hubUrl: string) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Tokens a second of the model: what people know from the well-known ones. */
const TOKENS_PER_SECOND = 40;

export async function openSandbox(options: { readonly tokensPerSecond?: number } = {}): Promise<Sandbox> {
  await using stack = new AsyncDisposableStack();
  const stages = [
    slackStage(stack.use(await openSlackStandIn())),
    discordStage(stack.use(await openDiscordStandIn())),
    teamsStage(stack.use(await openTeamsStandIn())),
    githubStage(stack.use(await openGithubStandIn())),
  ];
  const platforms = stages.map(({ standIn }) => standIn);
  const model = stack.use(await openLlmStandIn({ tokensPerSecond: options.tokensPerSecond ?? TOKENS_PER_SECOND }));
  const spare = stack.use(await openLlmStandIn({ tokensPerSecond: options.tokensPerSecond ?? TOKENS_PER_SECOND }));
  const environment = Object.assign({}, model.environment, ...platforms.map((platform) => platform.environment));
  const open = stack.move();
  return {
    platforms,
    stages,
    model,
    spare,
    environment,
    deliverTo: (hubUrl) => platforms.forEach((platform) => platform.deliverTo(hubUrl)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
