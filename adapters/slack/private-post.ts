// Posts that one person sees have no id that Slack would tell: ours is made of the nonce they were sent with, which their
// controls carry as the id of their block.

const PREFIX = 'private:';

export const privatePost = (nonce: string): string => `${PREFIX}${nonce}`;
export const isPrivatePost = (postId: string): boolean => postId.startsWith(PREFIX);
export const nonceOfPrivate = (postId: string): string => postId.slice(PREFIX.length);
