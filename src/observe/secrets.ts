/** Values that must not be written anywhere: those of the deployment, and those of organizations as they become known. */
export type Secrets = {
  /** What somebody's answers must not hold: the deployment's, and their organization's own. */
  readonly of: (organization: string) => readonly string[];
  readonly learn: Learn;
  /** A text in which none of them stands, whosever it is. */
  readonly hide: (text: string) => string;
};

/** Takes note of an organization's secrets. `source`: what they belong to; what it had before is forgotten. */
export type Learn = (organization: string, source: string, values: readonly string[]) => void;

/** Shorter values would blot out ordinary words. Characters. */
const SHORTEST = 6;

/** Apps, installs and models; of more, those that were learned first are forgotten. */
const MOST_SOURCES = 20_000;

const HIDDEN = '[secret]';

/** @param fixed the deployment's own. */
export function openSecrets(fixed: readonly string[]): Secrets {
  const learned = new Map<string, Learned>();
  // Made anew when it is asked for: where many become known at once, once.
  let known: Known | undefined;
  const all = (): Known => (known ??= knownOf(fixed, [...learned.values()]));
  return {
    of: (organization) => all().byOrganization.get(organization) ?? fixed,
    learn(organization, source, given) {
      const key = `${organization}/${source}`;
      const values = [...new Set(given.filter((value) => value.length >= SHORTEST))];
      const before = learned.get(key)?.values ?? [];
      if (before.length === values.length && values.every((value) => before.includes(value))) return;
      learned.delete(key);
      if (values.length > 0) learned.set(key, { organization, values });
      const [oldest] = learned.keys();
      if (learned.size > MOST_SOURCES && oldest !== undefined) learned.delete(oldest);
      known = undefined;
    },
    hide: (text) => all().hide(text),
  };
}

type Learned = { readonly organization: string; readonly values: readonly string[] };
type Known = { readonly byOrganization: ReadonlyMap<string, readonly string[]>; readonly hide: Secrets['hide'] };

function knownOf(fixed: readonly string[], learned: readonly Learned[]): Known {
  const groups = Map.groupBy(learned, ({ organization }) => organization);
  const valuesOf = (some: readonly Learned[]): readonly string[] => [...fixed, ...some.flatMap(({ values }) => values)];
  return {
    byOrganization: new Map([...groups].map(([organization, own]) => [organization, valuesOf(own)])),
    hide: openSearch(valuesOf(learned)),
  };
}

/** A search that takes as long for a thousand of them as for one: each place of a text is looked up by its first characters. */
function openSearch(secrets: readonly string[]): (text: string) => string {
  const long = secrets.filter((value) => value.length >= SHORTEST).flatMap(asWritten);
  const starts = new Set(long.map((value) => pairAt(value, 0)));
  const byBeginning = Map.groupBy(new Set(long), (value) => value.slice(0, SHORTEST));
  const found = (text: string, at: number): string | undefined =>
    byBeginning
      .get(text.slice(at, at + SHORTEST))
      ?.filter((value) => text.startsWith(value, at))
      .reduce<string | undefined>(
        (one, other) => (one !== undefined && one.length > other.length ? one : other),
        undefined,
      );
  return (text) => {
    let [clean, from] = ['', 0];
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      const secret = starts.has(pairAt(text, at)) ? found(text, at) : undefined;
      if (secret === undefined) continue;
      clean += text.slice(from, at) + HIDDEN;
      from = at + secret.length;
      at = from - 1;
    }
    return from === 0 ? text : clean + text.slice(from);
  };
}

const pairAt = (text: string, at: number): number => text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1);

/** A multi-line key stands in a JSON line with its line ends escaped. */
function asWritten(secret: string): string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  return escaped === secret ? [secret] : [secret, escaped];
}
