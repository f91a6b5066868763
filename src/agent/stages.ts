import { z } from 'zod';
import type { PromptMessage } from '../llm/provider.ts';
import { toFailure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import type { Asking, PluginStages } from '../plugin.ts';

/** The stages of one plugin. */
export type Stage = PluginStages & {
  /** The plugin's name. */
  readonly of: string;
  readonly onFailure: 'skip' | 'refuse';
};

/** What plugins do with questions and answers, one after the other. Neither throws. */
export type Stages = {
  readonly beforeAnswer: (messages: readonly PromptMessage[]) => Promise<readonly PromptMessage[] | Asking>;
  readonly afterAnswer: (text: string) => Promise<string>;
};

/** Milliseconds for one stage. */
const WITHIN_MS = 2_000;

export const WITHHELD =
  'This cannot be answered now: a check of this answer did not work. An admin finds the reason in the log.';

/** Characters, as an answer may have. */
const LONGEST = 200_000;

const Text = z.string().max(LONGEST);
const Refusal = z.object({ refuse: z.string().min(1).max(LONGEST) });
const Messages = z.array(z.looseObject({ role: z.enum(['user', 'assistant', 'tool']), text: z.string() })).min(1);

export function openStages(stages: readonly Stage[], log: Log, withinMs = WITHIN_MS): Stages {
  const failed = ({ of }: Stage, stage: string, thrown: unknown): void =>
    log.error({ plugin: of, stage, reason: toFailure(thrown, 'refused').message }, 'a stage of a plugin failed');
  return {
    async beforeAnswer(given) {
      let messages = given;
      for (const stage of stages) {
        try {
          const said: unknown = await timed(() => stage.beforeAnswer?.(messages), withinMs);
          const refusal = Refusal.safeParse(said);
          if (refusal.success) return refusal.data;
          if (said !== undefined) messages = asMessages(said);
        } catch (thrown) {
          failed(stage, 'beforeAnswer', thrown);
          if (stage.onFailure === 'refuse') return { refuse: WITHHELD };
        }
      }
      return messages;
    },
    async afterAnswer(given) {
      let text = given;
      for (const stage of stages) {
        try {
          const said: unknown = await timed(() => stage.afterAnswer?.(text), withinMs);
          if (said !== undefined) text = Text.parse(said);
        } catch (thrown) {
          failed(stage, 'afterAnswer', thrown);
          if (stage.onFailure === 'refuse') return WITHHELD;
        }
      }
      return text;
    },
  };
}

/** @throws when it is no list of messages. */
function asMessages(said: unknown): readonly PromptMessage[] {
  if (!areMessages(said)) throw new Error('it returned neither messages nor { refuse }');
  return said;
}

function areMessages(said: unknown): said is readonly PromptMessage[] {
  return Messages.safeParse(said).success;
}

async function timed(work: () => unknown, withinMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
