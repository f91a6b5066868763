/** For what a provider's secret is sealed. */
export const ssoPurpose = (organization: string, id: string): string => `${organization}/sso/${id}`;
