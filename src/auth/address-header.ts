/** Who sends a request is told in this header, which is ours: a client's own is taken away before. */
export const ADDRESS_HEADER = 'x-switchboard-client';
