/** The field tables as types: what each message is when it is read, and what may be said to write one. */
import type { MESSAGES } from "./message-table.ts";

type Table = typeof MESSAGES;
type Scalars = {
  bool: boolean;
  int32: number;
  uint32: number;
  int64: bigint;
  uint64: bigint;
  float: number;
  double: number;
  string: string;
  bytes: Uint8Array;
};

/** Name of a message without its family, such as `Clock`. */
export type MessageName = keyof Table;
type TypeOf<N extends MessageName, F extends keyof Table[N]> = Table[N][F] extends readonly [number, infer T] ? T : never;
type Read<T> = T extends `${infer E}[]` ? ReadItem<E>[] : T extends MessageName ? GazeboMessage<T> | undefined : ReadItem<T>;
type ReadItem<T> = T extends keyof Scalars ? Scalars[T] : T extends MessageName ? GazeboMessage<T> : never;
type Write<T> = T extends `${infer E}[]` ? readonly WriteItem<E>[] : WriteItem<T>;
type WriteItem<T> = T extends keyof Scalars ? Scalars[T] : T extends MessageName ? GazeboInit<T> : never;

/** A message as it is read: plain fields are always there (zero when not sent), a message inside is `undefined` when not sent. */
export type GazeboMessage<N extends MessageName> = { -readonly [F in keyof Table[N]]: Read<TypeOf<N, F>> };
/** A message to write: what is left out is zero, empty or not sent. */
export type GazeboInit<N extends MessageName> = { readonly [F in keyof Table[N]]?: Write<TypeOf<N, F>> };
