/** Holds no test, for run-files.test.ts. */
export {};
