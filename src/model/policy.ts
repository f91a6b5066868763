/** What somebody's reaction to an answer, or to a question, asks for. */
export type Wish = 'stop' | 'again' | 'good' | 'bad';

/** How the bot behaves in one place: what an admin can decide for an organization, an install and a channel. */
export type Policy = {
  /** Nothing is answered, not even commands: the big red switch. */
  readonly halt: boolean;
  /**
   * What is answered beside mentions, direct messages, reviews and commands: nothing; what follows in a thread in which
   * the bot takes part; also what looks like a question; everything.
   */
  readonly answer: 'mention' | 'follow-ups' | 'questions' | 'all';
  /**
   * What becomes of messages that come while an answer is written: each gets its turn after the other; all are answered
   * together when it is done; the running answer takes them in; the running answer is stopped for them.
   */
  readonly overlap: 'queue' | 'merge' | 'steer' | 'interrupt';
  /** What becomes of an answer whose question is edited afterwards. */
  readonly edits: 'answer-again' | 'keep';
  /** Ids of the platform. Denied people are never answered; with anybody in `allow`, only those are. */
  readonly people: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  /** Ids of other bots that are answered; `*` for all. Nobody else's program is. */
  readonly bots: readonly string[];
  /** What ends a conversation of programs: each limit alone. */
  readonly loops: {
    /** Answers in a row to bots in one thread, without a person's word in between. */
    readonly inARow: number;
    /** Answers to one bot within ten minutes, in all threads of an install. */
    readonly perBot: number;
    /** Answers to all bots within a minute, in all threads of an install. */
    readonly perMinute: number;
  };
  /** Hours in which only commands are obeyed; null: there are none, also where a wider place has some. Times as `22:00`, the zone as IANA names it. */
  readonly quiet: { readonly from: string; readonly to: string; readonly timeZone: string } | null;
  /** What reactions mean, by emoji. */
  readonly reactions: Readonly<Record<string, Wish>>;
  /** Reactions of ours to a question, beside the signs that the platform has; an empty one is none. */
  readonly signs: { readonly seen: string; readonly done: string; readonly failed: string };
  /**
   * Hosts, with all below them, that an answer may link to after something external was read, beside those that people of the
   * conversation named; `*`: any.
   */
  readonly links: readonly string[];
  /** Whom an answer may call by `@name`: nobody, or who asked. */
  readonly calls: 'nobody' | 'asker';
  /** Who may stop an answer or have it again. */
  readonly control: 'asker' | 'anyone';
  /** Buttons below answers: where something went wrong, below each, or never. */
  readonly buttons: 'when-needed' | 'always' | 'never';
  readonly tools: ToolPolicy;
  /** Who is told where a person is wanted; null: nobody, also where a wider place names somebody. */
  readonly handOver: HandOver | null;
  readonly models: ModelPolicy;
  /** Minutes for which a whole answer is given again to the very same question, asked out of nothing; 0: never. */
  readonly cache: { readonly minutes: number };
  /** `vectors`: what was said and read is found by its meaning as well; for that all of it is sent to a model, and costs money. */
  readonly memory: { readonly vectors: boolean };
  readonly spend: {
    /** US dollars that one answer may cost at the most; undefined: what the budgets allow. */
    readonly perAnswer: number | undefined;
  };
  readonly limits: Limits;
};

/** So many turns in so many minutes, evenly; `burst` of them at once (absent: all of them). */
export type Rate = { readonly most: number; readonly perMinutes: number; readonly burst?: number | undefined };

/** How often a model is asked: every limit that is set has to have room. */
export type Limits = {
  /** Of each person by themselves. */
  readonly person: Rate | undefined;
  /** For certain people in place of `person`: by the platform's ids. */
  readonly people: Readonly<Record<string, Rate>>;
  /** Of each channel by itself. */
  readonly channel: Rate | undefined;
  /** Of the whole organization. */
  readonly organization: Rate | undefined;
};

/** Which of the organization's models answer here. */
export type ModelPolicy = {
  /** What decides among those that fit: the organization's order, the price, the time to the first word, the quality. */
  readonly prefer: 'order' | 'cost' | 'latency' | 'quality';
  /** Their names; nobody: all of them. */
  readonly only: readonly string[];
  /** Where their servers may stand; empty: anywhere. */
  readonly regions: readonly string[];
  /** The worst that may become of what they are sent. */
  readonly retention: 'none' | 'kept' | 'trains';
  /** For all attempts at one call together. */
  readonly seconds: number;
};

/** The platform's id of a channel, or of a person. */
export type HandOver = { readonly channel: string } | { readonly person: string };

/** What the model may have done, and who is asked before. */
export type ToolPolicy = {
  /** Names; `*` stands for any characters, so `wiki_*` is all of one server. */
  readonly allow: readonly string[];
  /** Writing tools that are done without asking, as long as nothing external was read. Names as in `allow`. */
  readonly trust: readonly string[];
  /** Who may allow what is asked for: who asked the question, anybody there, or these people (ids of the platform). */
  readonly by: 'asker' | 'anyone' | 'people';
  readonly people: readonly string[];
  /** So many different people have to say yes; one no is enough for no. */
  readonly yes: number;
  /** For so long. */
  readonly minutes: number;
};

export const DEFAULT_POLICY: Policy = {
  halt: false,
  answer: 'follow-ups',
  overlap: 'merge',
  edits: 'answer-again',
  people: { allow: [], deny: [] },
  bots: [],
  loops: { inARow: 5, perBot: 20, perMinute: 10 },
  quiet: null,
  handOver: null,
  reactions: { '👍': 'good', '👎': 'bad', '❌': 'stop', '🛑': 'stop', '🔁': 'again' },
  signs: { seen: '', done: '', failed: '' },
  links: [],
  calls: 'nobody',
  control: 'anyone',
  buttons: 'when-needed',
  tools: { allow: ['*'], trust: [], by: 'asker', people: [], yes: 1, minutes: 30 },
  models: { prefer: 'order', only: [], regions: [], retention: 'trains', seconds: 7_200 },
  spend: { perAnswer: undefined },
  cache: { minutes: 0 },
  memory: { vectors: false },
  limits: { person: undefined, people: {}, channel: undefined, organization: undefined },
};

/** What one layer decides; what it does not name comes from the layer above. */
export type PolicyLayer = Partial<Policy>;

/** The policy of a place, from the widest layer to the narrowest. Pure. */
export function policyOf(layers: readonly PolicyLayer[]): Policy {
  return layers.reduce<Policy>((wider, layer) => ({ ...wider, ...layer }), DEFAULT_POLICY);
}
