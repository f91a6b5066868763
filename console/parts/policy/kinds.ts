type Choice = readonly [value: string, label: string];

/** With what a value is chosen. */
export type Kind =
  | { readonly kind: 'switch'; readonly on: string }
  | { readonly kind: 'select'; readonly choices: readonly Choice[] }
  /** `optional`: it may be left empty. */
  | {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly unit?: string;
      readonly optional?: true;
    }
  | { readonly kind: 'list'; readonly of: string }
  | { readonly kind: 'text' }
  | { readonly kind: 'time' }
  | { readonly kind: 'zone' }
  /** So many in so many minutes, or no limit. */
  | { readonly kind: 'rate' }
  /** One for each person. */
  | { readonly kind: 'rates' }
  | { readonly kind: 'emojis'; readonly meanings: readonly Choice[] }
  /** One of two kinds of ids, or nobody. */
  | { readonly kind: 'recipient' }
  /** `begin`: with what it begins where nothing is set. */
  | {
      readonly kind: 'group';
      readonly parts: readonly Part[];
      readonly begin?: () => Readonly<Record<string, unknown>>;
    };

export type Part = { readonly name: string; readonly title: string } & Kind;

/** What a field of a policy decides, for people, and with what. */
export type Field = { readonly name: string; readonly title: string; readonly about: string } & Kind;
