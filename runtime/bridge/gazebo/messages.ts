/** Bytes of Gazebo's messages to objects and back, by protobuf descriptors that are built from the field tables at run time. */
import type { DescMessage, JsonValue } from "@bufbuild/protobuf";
import type { DescriptorProtoSchema, FieldDescriptorProto_Label, FieldDescriptorProto_Type } from "@bufbuild/protobuf/wkt";
import { AgentError } from "../../core/errors.ts";
import { loadProtobuf, loadProtobufWellKnown } from "./libraries.ts";
import { MESSAGES } from "./message-table.ts";
import type { GazeboInit, GazeboMessage, MessageName } from "./message-types.ts";

/** Type names on the wire begin with it: `ignition.msgs` in Fortress, `gz.msgs` from Garden on. */
export type Family = "ignition.msgs" | "gz.msgs";

export interface Codec {
  encode<N extends MessageName>(name: N, message: GazeboInit<N>): Uint8Array;
  /** Throws AgentError `bridge.mismatch` on bytes that are no such message. Fields of type bytes are views into `bytes`. */
  decode<N extends MessageName>(name: N, bytes: Uint8Array): GazeboMessage<N>;
  /** Protobuf's own JSON: 64-bit numbers are strings, bytes are base64, zero values are left out. */
  toJson(name: MessageName, bytes: Uint8Array): JsonValue;
  /** Bytes of a message written as JSON; throws AgentError `bridge.mismatch` on an unknown field or a wrong value. */
  fromJson(name: MessageName, json: JsonValue): Uint8Array;
}

export const isMessageName = (name: string): name is MessageName => Object.hasOwn(MESSAGES, name);
export const typeName = (family: Family, name: MessageName): string => `${family}.${name}`;

/** Splits a type name from the wire; null when it is of neither family. */
export function splitTypeName(type: string): { readonly family: Family; readonly name: string } | null {
  const match = /^(ignition\.msgs|gz\.msgs)\.(\w+)$/.exec(type);
  return match ? { family: match[1] as Family, name: match[2]! } : null;
}

let loading: Promise<Codec> | undefined;

/** Loads the protobuf library on first use. */
export function loadCodec(): Promise<Codec> {
  loading ??= buildCodec();
  return loading;
}

async function buildCodec(): Promise<Codec> {
  const { create, createFileRegistry, fromBinary, fromJson, toBinary, toJson } = await loadProtobuf();
  const { FileDescriptorProtoSchema } = await loadProtobufWellKnown();
  const messageType = Object.entries(MESSAGES).map(([name, fields]) => ({ name, field: Object.entries(fields).map(describeField) }));
  const file = create(FileDescriptorProtoSchema, { name: "gazebo.proto", package: PACKAGE, syntax: "proto3", messageType });
  const registry = createFileRegistry(file, () => undefined);
  const schemaOf = (name: MessageName): DescMessage => registry.getMessage(`${PACKAGE}.${name}`)!;
  const checked = <T>(name: MessageName, what: string, work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new AgentError(
        "bridge.mismatch",
        `${what} is no ${name} message: ${(cause as Error).message}; is another version of Gazebo there? This one speaks to Fortress`,
        { cause },
      );
    }
  };
  return {
    encode: (name, message) => toBinary(schemaOf(name), create(schemaOf(name), message as Record<string, unknown>)),
    decode: <N extends MessageName>(name: N, bytes: Uint8Array) =>
      checked(name, `${bytes.length} bytes`, () => fromBinary(schemaOf(name), bytes, SKIP_UNKNOWN) as unknown as GazeboMessage<N>),
    toJson: (name, bytes) => checked(name, `${bytes.length} bytes`, () => toJson(schemaOf(name), fromBinary(schemaOf(name), bytes))),
    fromJson: (name, json) => checked(name, "the text", () => toBinary(schemaOf(name), fromJson(schemaOf(name), json))),
  };
}

const PACKAGE = "gazebo";
const SKIP_UNKNOWN = { readUnknownFields: false };

type FieldInit = NonNullable<import("@bufbuild/protobuf").MessageInitShape<typeof DescriptorProtoSchema>["field"]>[number];

/** Numbers of google.protobuf.FieldDescriptorProto.Type. */
const FIELD_TYPE: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
};
const MESSAGE_TYPE: FieldDescriptorProto_Type = 11;
const OPTIONAL: FieldDescriptorProto_Label = 1;
const REPEATED: FieldDescriptorProto_Label = 3;

function describeField([name, [number, type]]: [string, readonly [number, string]]): FieldInit {
  const item = type.replace(/\[\]$/, "");
  const scalar = FIELD_TYPE[item];
  return {
    name: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    jsonName: name,
    number,
    label: type.endsWith("[]") ? REPEATED : OPTIONAL,
    ...(scalar ? { type: scalar } : { type: MESSAGE_TYPE, typeName: `.${PACKAGE}.${item}` }),
  };
}
