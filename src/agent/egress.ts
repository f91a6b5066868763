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
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;

/** Addresses without slashes that do something: `javascript:`, `data:`, `mailto:`, … as the target of a link. */
const DOING = /(\]\(\s*<?\s*|\]:\s*<?\s*|<)(?!https?:)([a-z][a-z0-9+.-]{1,20}):/gi;
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
  const lines = text.split(/(?<=\n|\r(?!\n))/).map((line) => {
    const fence = FENCE.exec(line.trimEnd())?.[1] ?? '';
    const inside = open !== '';
    if (!inside) open = fence;
    else if (fence.startsWith(open) && line.trim() === fence) open = '';
    return inside || fence !== '' ? line : harmless(line, isGood);
  });
  return lines.join('');
}

function harmless(line: string, isGood: (host: string) => boolean): string {
  const plain = line.replace(ESCAPED, '').replace(ENTITIES, '&amp;').replace(TAGS, escaped).replace(DOING, '$1#$2 ');
  const parts: string[] = [];
  let at = 0;
  for (const match of plain.matchAll(ADDRESS)) {
    const [whole, scheme = '', slashes = '', user = '', host = ''] = match;
    parts.push(withoutDomains(plain.slice(at, match.index), isGood));
    at = match.index + whole.length;
    // A user in front of the host is how one host is made to look like another.
    const isFine = user === '' && /^https?:$/i.test(scheme) && isGood(host);
    parts.push(isFine ? whole : `${broken(scheme)}${slashes}${user}${host.replaceAll('.', '[.]')}`);
  }
  parts.push(withoutDomains(plain.slice(at), isGood));
  return parts.join('');
}

/** An even number of backslashes escapes nothing of what follows. */
const escaped = (whole: string, slashes: string): string => (slashes.length % 2 === 0 ? `${slashes}\\<` : whole);

const broken = (scheme: string): string =>
  scheme === '' ? '' : /^https?:$/i.test(scheme) ? scheme.replace(/^htt/i, 'hxx') : `${scheme.slice(0, -1)}[:]`;

/** Without a scheme only what is surely meant as a host: some platforms make a link of it. */
function withoutDomains(text: string, isGood: (host: string) => boolean): string {
  return text.replace(DOMAIN, (domain) => {
    const isHost = /^www\./i.test(domain) || HOST_ENDINGS.has(domain.slice(domain.lastIndexOf('.') + 1).toLowerCase());
    return isHost && !isGood(domain) ? domain.replaceAll('.', '[.]') : domain;
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
