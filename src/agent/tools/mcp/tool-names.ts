import { createHash } from 'node:crypto';

/** As long as a tool's name may be. */
const LONGEST = 64;
const MARK = 6;

/**
 * Names for a server's tools: `server_tool`, fit for every model and unique among them; the same for the same tool, whatever
 * the order. By the server's own names. Pure.
 */
export function toolNames(server: string, tools: readonly string[]): ReadonlyMap<string, string> {
  const plain = new Map([...new Set(tools)].map((tool) => [tool, fitting(`${server}_${tool}`)]));
  const all = [...plain.values()];
  return new Map(
    [...plain].map(([tool, name]) => {
      const isFree = name.length <= LONGEST && all.indexOf(name) === all.lastIndexOf(name);
      return [tool, isFree ? name : marked(name, `${server}/${tool}`)];
    }),
  );
}

function fitting(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(words) ? words : `t_${words}`;
}

function marked(name: string, of: string): string {
  const mark = createHash('sha256').update(of).digest('hex').slice(0, MARK);
  return `${name.slice(0, LONGEST - MARK - 1).replace(/_+$/, '')}_${mark}`;
}
