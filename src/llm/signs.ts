/** Signs of one vector, as they are kept: 128 bytes. */
export const SIGNS = 1024;

/**
 * A vector by its signs, as `0` and `1`: of two directions about as large a share of signs differs as their angle is of 180°.
 * A longer vector is cut, as models are trained that can be shortened; a shorter one begins anew at its end, so that the share
 * stays what it is. Pure.
 * @param vector not empty.
 */
export function signsOf(vector: readonly number[]): string {
  return Array.from({ length: SIGNS }, (_, index) => ((vector[index % vector.length] ?? 0) > 0 ? '1' : '0')).join('');
}
