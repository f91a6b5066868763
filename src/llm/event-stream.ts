/** The parts of an SDK's answer that are looked at before its first event. */
type Opened<Event> = { readonly data: AsyncIterable<Event>; readonly response: Response };

/**
 * The events of an answer, once it is one: a proxy's page of HTML comes with status 200 as well, and an SDK would read
 * it as a stream without events.
 * @throws SyntaxError when the answer is of another type.
 */
export async function eventStream<Event>(opened: PromiseLike<Opened<Event>>): Promise<AsyncIterable<Event>> {
  const { data, response } = await opened;
  const type = response.headers.get('content-type') ?? '';
  if (!/^text\/event-stream\b/i.test(type)) {
    throw new SyntaxError(
      `the server answered with ${type === '' ? 'no content type' : type}, not with an event stream`,
    );
  }
  return data;
}
