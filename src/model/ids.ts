declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** UUIDs of our own rows, lower case. */
export type OrganizationId = Branded<'OrganizationId'>;
export type AppId = Branded<'AppId'>;
export type ThreadId = Branded<'ThreadId'>;
export type MessageId = Branded<'MessageId'>;
export type TurnId = Branded<'TurnId'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @throws TypeError: such a string can only come from a mistake of ours. */
function checked(text: string): string {
  if (!UUID.test(text)) throw new TypeError(`not an id: ${text.slice(0, 60)}`);
  return text;
}

// The one checked maker of each branded id; nowhere else is a string asserted to be one.
export const organizationId = (text: string): OrganizationId => checked(text) as OrganizationId;
export const appId = (text: string): AppId => checked(text) as AppId;
export const threadId = (text: string): ThreadId => checked(text) as ThreadId;
export const messageId = (text: string): MessageId => checked(text) as MessageId;
export const turnId = (text: string): TurnId => checked(text) as TurnId;
