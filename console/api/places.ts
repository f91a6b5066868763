/** Where to go after the sign-in: a page of this console, never of another host. Pure. @param search of the address */
export function whereTo(search: string): string {
  const to = new URLSearchParams(search).get('to') ?? '/';
  return /^\/(?![/\\])[^\s\\]*$/.test(to) ? to : '/';
}

/** What stands behind the `#`: it is never sent to a server, nor written into its log. */
export const tokenInAddress = (): string => decodeURIComponent(location.hash.slice(1));

/** Loads the console anew: nothing of who was there before is left. */
export const enter = (to: string): void => location.replace(to);
