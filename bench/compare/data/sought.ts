/** What is searched for, and in how many messages it is. */
export const SOUGHT = { word: 'Quetzalcoatlus', hits: 10 } as const;
