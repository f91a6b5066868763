import { APIError } from 'better-auth/api';
import { Failure, type FailureCode } from '../model/failure.ts';

const STATUS: Partial<
  Readonly<Record<FailureCode, 'NOT_FOUND' | 'BAD_REQUEST' | 'SERVICE_UNAVAILABLE' | 'BAD_GATEWAY'>>
> = {
  gone: 'NOT_FOUND',
  invalid: 'BAD_REQUEST',
  unavailable: 'SERVICE_UNAVAILABLE',
  aborted: 'BAD_GATEWAY',
};

/** Says what failed in better-auth's own words. @throws APIError */
export async function answerFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Failure) throw new APIError(STATUS[thrown.code] ?? 'FORBIDDEN', { message: thrown.message });
    throw thrown;
  }
}
