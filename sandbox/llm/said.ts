export type Protocol = 'openai-chat' | 'openai-responses' | 'anthropic';

/** An image as it came, its form checked as the real servers check it. */
export type Picture = { readonly mediaType: string; readonly bytes: Buffer };

/** A call as a model made it. */
export type Call = { readonly id: string; readonly name: string; readonly arguments: string };

/** What somebody said, the same for all protocols. What is empty is left out. */
export type Said =
  | { readonly role: 'user'; readonly text: string; readonly images?: readonly Picture[] }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly calls?: readonly Call[];
      /** What the model sealed, opened again. */
      readonly thoughts?: readonly string[];
    }
  | { readonly role: 'tool'; readonly call: string; readonly text: string; readonly failed?: true };

/** A tool as a request describes it. */
export type Tool = {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** A request that the real server would refuse with 400, in its words. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** The words in which each vendor refuses calls without answers, and answers without calls. */
const WORDS: Readonly<Record<Protocol, { unanswered: (id: string) => string; uncalled: (id: string) => string }>> = {
  'openai-chat': {
    unanswered: (id) =>
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${id}`,
    uncalled: () =>
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
  },
  'openai-responses': {
    unanswered: (id) => `No tool output found for function call ${id}.`,
    uncalled: (id) => `No tool call found for function call output with call_id ${id}.`,
  },
  anthropic: {
    unanswered: (id) =>
      `messages: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    uncalled: (id) =>
      `messages: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
  },
};

/**
 * Every call is answered before anything else is said, and every answer is that of a call.
 * @throws Refused in the vendor's words.
 */
export function checkCalls(protocol: Protocol, messages: readonly Said[]): void {
  const words = WORDS[protocol];
  let open: readonly string[] = [];
  for (const said of messages) {
    if (said.role === 'tool') {
      if (!open.includes(said.call)) throw new Refused(words.uncalled(said.call));
      open = open.filter((id) => id !== said.call);
    } else {
      if (open.length > 0) throw new Refused(words.unanswered(open.join(', ')));
      open = said.role === 'assistant' ? (said.calls ?? []).map(({ id }) => id) : [];
    }
  }
  if (open.length > 0) throw new Refused(words.unanswered(open.join(', ')));
}
