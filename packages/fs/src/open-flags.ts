import { constants } from 'node:fs';

// where a link or a FIFO stands in the place of a file, opening it must neither lead away nor wait; Windows has neither flag
const AS_IT_IS = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export const READ_ONLY = constants.O_RDONLY | AS_IT_IS;
export const READ_WRITE = constants.O_RDWR | AS_IT_IS;
