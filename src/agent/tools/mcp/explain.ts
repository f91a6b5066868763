import { SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { Failure, toFailure } from '../../../model/failure.ts';
import type { McpServer } from '../../../model/mcp-server.ts';
import { TooLong } from './bounded-fetch.ts';

/** Why a server's tools could not be listed, and what to do about it, for whoever has set it up. Pure. */
export function explain(thrown: unknown, server: McpServer): Failure {
  const where = server.kind === 'http' ? (URL.parse(server.url)?.host ?? 'the server') : server.command;
  const own = causes(thrown).find((one) => one instanceof Failure);
  if (own !== undefined) return own;
  if (causes(thrown).some((one) => one instanceof TooLong))
    return new Failure('too-large', `${where} lists more than 1 MB of tools: have it offer fewer`);
  const http = causes(thrown).find((one) => one instanceof SdkHttpError);
  if (http !== undefined) return new Failure('refused', byStatus(http.status, where));
  const code = causes(thrown)
    .map((one) => Reflect.get(one, 'code'))
    .find((one) => typeof one === 'string' && one in BY_CODE);
  const known = typeof code === 'string' ? BY_CODE[code] : undefined;
  if (known !== undefined) return new Failure('unavailable', `${where}: ${known}`);
  if (causes(thrown).some((one) => one instanceof SdkError && one.code === SdkErrorCode.RequestTimeout))
    return new Failure('unavailable', `${where} did not answer in time: is it the right address, and does it run?`);
  const { message } = toFailure(thrown, 'unavailable');
  return new Failure('unavailable', `${where} does not speak the Model Context Protocol: ${message.slice(0, LONGEST)}`);
}

const LONGEST = 300;
const MOST_CAUSES = 5;

/** An error, and what is behind it. */
function causes(thrown: unknown): readonly Error[] {
  const all: Error[] = [];
  for (let one = thrown; one instanceof Error && all.length < MOST_CAUSES; one = one.cause) all.push(one);
  return all;
}

function byStatus(status: number, where: string): string {
  if (status === 401 || status === 403)
    return `${where} answers ${status}: it wants another key; check the header Authorization`;
  if (status === 404) return `${where} answers 404: nothing speaks the protocol there; most servers have it at /mcp`;
  if (status === 405 || status === 406 || status === 415)
    return `${where} answers ${status}: it may speak the older transport (SSE) alone; give its address for Streamable HTTP`;
  if (status >= 300 && status < 400)
    return `${where} answers ${status} and leads to another host: give the address that it leads to`;
  if (status === 429) return `${where} answers 429: it is asked too often; wait a little`;
  if (status >= 500) return `${where} answers ${status}: it is broken or away; look into its own log`;
  return `${where} answers ${status}: check the address and the headers`;
}

/** What the system calls the reasons for which nobody is reached. */
const BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there; start the server, or check the port',
  ECONNRESET: 'it hangs up; is it TLS that it speaks (https), or is it the wrong port?',
  ENOENT: 'there is no such program on the machine of the worker',
  ENOTFOUND: 'there is no such host; check the address',
  EAI_AGAIN: 'its name could not be looked up; check the address, and the network of this hub',
  EHOSTUNREACH: 'no way leads there from this hub; check firewalls',
  ENETUNREACH: 'no way leads there from this hub; check firewalls',
  ETIMEDOUT: 'it cannot be reached in time; check firewalls',
  EPROTO: 'it does not speak TLS; is the address meant to begin with http:?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is the address meant to begin with http:?',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it there',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signs its certificate itself; give it one that everybody trusts',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody whom this hub trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes without the ones above it; have it send the whole chain',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; check the address',
};
