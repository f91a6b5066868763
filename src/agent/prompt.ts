import { paragraphs } from '../model/paragraphs.ts';
import type { ModelPolicy } from '../model/policy.ts';
import type { Tool } from '../model/tool.ts';
import type { TurnContext } from './agent.ts';
import { compose, type Material } from './compose.ts';
import type { Prompt } from './generate.ts';
import type { Guard } from './guard.ts';
import { taskOf, type Remembered } from './remember.ts';

/** What a model is asked with. */
export type PromptParts = {
  readonly material: Material;
  readonly remembered: Remembered;
  readonly tools: readonly Tool[];
  readonly guard: Guard;
};

/**
 * The prompt: instructions, what is remembered of the place, the past in short, the last messages, the question. It begins with the
 * same bytes from turn to turn of a conversation, as long as nothing of that changes: providers keep what begins alike.
 */
export function promptOf(
  { organization, mailbox, adapter }: TurnContext,
  { material, remembered, tools, guard }: PromptParts,
): Prompt {
  const { wording, ofPlace } = remembered;
  const system = paragraphs(wording.system, ofPlace);
  return {
    system: guard.marked(system),
    messages: compose(material, { suggests: adapter.suggests === true }),
    tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    askedBy: `${organization}/${material.asked.at(-1)?.authorId ?? ''}`,
    wants: wantsOf(mailbox.policy.models, material),
  };
}

/** What the place wants of a model. */
function wantsOf({ prefer, only, regions, retention, seconds }: ModelPolicy, material: Material): Prompt['wants'] {
  return {
    needs: {
      ...(only.length > 0 && { only }),
      ...(regions.length > 0 && { region: regions }),
      retention,
    },
    prefer,
    task: taskOf(material),
    mostMs: seconds * 1_000,
  };
}
