/** Which links an answer may hold once something external was read. */
export type Egress = {
  /** Everything that people of the conversation said: what they name may be named back. */
  readonly said: string;
  /** Hosts that an admin lets through, with all below them; `*`: all. */
  readonly hosts: readonly string[];
};

/** Scheme and host of an address wherever it stands; the rest of it is harmless without them. */
const ADDRESS = /([a-z][a-z0-9+.-]{1,20}:)?(\/\/)((?:[^\s/?#<>"'`()[\]{}|\\]+@)?)([^\s/?#<>"'`()[\]{}|\\@]+)/gi;
const DOMAIN = /(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![\w-])/gi;
/** What stands behind the `@` of somebody's address for mail. */
const MAIL = /(?<=[\w.+-]@)[\w-]+(?:\.[\w-]+)+/g;

/** A fence that surely begins code, and one that may be within a list, a quote or nothing: there only a whole parser could tell. */
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})/;
const UNSURE = /^(?=[\s>*+\-\d.)])[\s>*+\-\d.)]*(?:`{3,}|~{3,})/;
const CLOSING = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;

/** Addresses without two slashes that do something (`javascript:`, `data:`, `https:host`, …), as the target of a link. */
const DOING = /(\]\(\s*<?\s*|\]:\s*<?\s*|<)(?!https?:\/\/)([a-z][a-z0-9+.-]{1,20}):/gi;
/** Targets that begin with a slash of either kind: two of them lead to another host. */
const SLASHED = /(\]\(\s*<?\s*|\]:\s*<?\s*)(?=[/\\])/g;
/** What may begin a block of HTML, in which nothing of this is Markdown. */
const BLOCK = /^([\s>*+\-\d.)]*)<(?=[a-z/!?])/i;
/** HTML that fetches, or leads somewhere; one platform shows it. */
const TAGS =
  /(\\*)<(?=\/?(?:a|area|audio|base|button|embed|form|iframe|img|input|link|math|meta|object|picture|script|source|style|svg|track|video)\b)/gi;
/** References to characters, but for those of ordinary prose: an address can be written in them. */
const ENTITIES =
  /&(?=#|(?!(?:amp|lt|gt|quot|apos|nbsp|hellip|[mn]dash|[lr]arr|times|copy|[lr][sd]quo);)[a-z][a-z0-9]{1,31};)/gi;
/** Escapes within which an address hides. */
const ESCAPED = /\\(?=[:/@])|(?<=\w)\\(?=\.\w)/g;

/**
 * A text whose addresses lead nowhere by themselves, but for those that people named or an admin allows: they can be read
 * (`hxxps://host[.]example/page`), not followed, and no platform fetches them. Whatever external text made a model say, nothing
 * goes out with it. What stands in a fenced block is code and stays. Pure, in time linear to the text.
 */
export function withoutForeignLinks(text: string, { said, hosts }: Egress): string {
  if (hosts.includes('*')) return text;
  const named = hostsIn(said);
  const isGood = (host: string): boolean => {
    const bare = hostOf(host);
    return bare !== undefined && (named.has(bare) || hosts.some((one) => bare === one || bare.endsWith(`.${one}`)));
  };
  let open = '';
  let isSure = true;
  const lines = text.split(/(?<=\n|\r(?!\n))/).map((line) => {
    const end = line.replace(/[\r\n]+$/, '');
    if (open !== '') {
      const fence = CLOSING.exec(end)?.[1] ?? '';
      if (fence.startsWith(open)) open = '';
      return line;
    }
    isSure &&= !UNSURE.test(end);
    const fence = FENCE.exec(end)?.[1] ?? '';
    if (isSure) open = fence;
    return isSure && fence !== '' ? line : harmless(line, isGood);
  });
  return lines.join('');
}

function harmless(line: string, isGood: (host: string) => boolean): string {
  const plain = line
    .replace(ESCAPED, '')
    .replace(ENTITIES, '&amp;')
    .replace(BLOCK, '$1\\<')
    .replace(TAGS, escaped)
    .replace(DOING, '$1#$2 ')
    .replace(SLASHED, '$1#')
    .replace(MAIL, (host) => (isGood(host) ? host : split(host)));
  const parts: string[] = [];
  let at = 0;
  for (const match of plain.matchAll(ADDRESS)) {
    const [whole, scheme = '', slashes = '', user = '', host = ''] = match;
    parts.push(withoutDomains(plain.slice(at, match.index), isGood));
    at = match.index + whole.length;
    // A user in front of the host is how one host is made to look like another.
    const isFine = user === '' && /^https?:$/i.test(scheme) && isGood(host);
    parts.push(isFine ? whole : apart({ scheme, slashes, user, host }));
  }
  parts.push(withoutDomains(plain.slice(at), isGood));
  return parts.join('');
}

function apart({ scheme, slashes, user, host }: Record<'scheme' | 'slashes' | 'user' | 'host', string>): string {
  // Without a scheme and without a dot, only the slashes make a host of it.
  const isBare = scheme === '' && split(host) === host;
  return isBare ? `/ /${user}${host}` : `${broken(scheme)}${slashes}${user}${split(host)}`;
}

const split = (host: string): string => host.replace(DOTS, '[.]');

/** All that browsers take for the dot between the parts of a host. */
const DOTS = /[.。．｡]/g;

/** An even number of backslashes escapes nothing of what follows. */
const escaped = (whole: string, slashes: string): string => (slashes.length % 2 === 0 ? `${slashes}\\<` : whole);

const broken = (scheme: string): string =>
  scheme === '' ? '' : /^https?:$/i.test(scheme) ? scheme.replace(/^htt/i, 'hxx') : `${scheme.slice(0, -1)}[:]`;

/** Without a scheme only what is surely meant as a host: some platforms make a link of it. */
function withoutDomains(text: string, isGood: (host: string) => boolean): string {
  return text.replace(DOMAIN, (domain) => {
    const isHost = /^www\./i.test(domain) || HOST_ENDINGS.has(domain.slice(domain.lastIndexOf('.') + 1).toLowerCase());
    return isHost && !isGood(domain) ? split(domain) : domain;
  });
}

/** Endings that are no kind of file: `index.ts` and `README.md` are no hosts, though there are such countries. */
const HOST_ENDINGS: ReadonlySet<string> = new Set(
  (
    'com net org info biz io ai dev app co me xyz online site tech store shop club top live link click page cloud example test ' +
    'invalid localhost edu gov mil int eu uk de fr it es nl be ch at se no fi dk pl cz ru cn jp kr in au ca us br tk ml ga cf gq ' +
    'onion tv cc ws to ly gl gg'
  ).split(' '),
);

function hostsIn(text: string): ReadonlySet<string> {
  const inAddresses = [...text.matchAll(ADDRESS)].map(([, , , , host = '']) => host);
  const alone = text.match(DOMAIN) ?? [];
  return new Set([...inAddresses, ...alone].flatMap((host) => hostOf(host) ?? []));
}

/** As everybody compares hosts: lower case, without a port, `www.` and marks of the sentence around it. */
function hostOf(text: string): string | undefined {
  const trimmed = text.replace(/[.,;:!*_~]+$/, '').replace(/^[*_~]+/, '');
  if (!URL.canParse(`https://${trimmed}`)) return undefined;
  return new URL(`https://${trimmed}`).hostname.replace(/^www\./, '');
}
