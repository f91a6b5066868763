type Pattern = { readonly method: string; readonly pattern: string };

/** The route for a call, and what stands in the places of its pattern's names. */
export type Found<Route> = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

/** The first route that a call fits: `:name` takes one part of the path, a `*` at the end all that is left of it. */
export function match<Route extends Pattern>(
  routes: readonly Route[],
  method: string,
  path: string,
): Found<Route> | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = fit(route.pattern.split('/'), path.split('/'));
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function fit(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const open = pattern.at(-1) === '*';
  if (open ? path.length < pattern.length : path.length !== pattern.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = path[index] ?? '';
    if (part === '*') params['*'] = path.slice(index).join('/');
    else if (part.startsWith(':') && given !== '') params[part.slice(1)] = decodeURIComponent(given);
    else if (part !== given) return undefined;
  }
  return params;
}
