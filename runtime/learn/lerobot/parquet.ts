/** Columns of parquet files as LeRobot lays them out: numbers, lists of numbers or texts, texts, pictures. The library is loaded when it is needed. */
import type { SchemaElement } from "hyparquet";
import { AgentError } from "../../core/errors.ts";
import { faultOf } from "../../core/file-fault.ts";

export type Column =
  | { readonly kind: "int64"; readonly values: readonly number[] }
  | { readonly kind: "float32"; readonly values: readonly number[] }
  | { readonly kind: "text"; readonly values: readonly string[] }
  | { readonly kind: "float32s"; readonly values: readonly ArrayLike<number>[] }
  | { readonly kind: "texts"; readonly values: readonly (readonly string[])[] }
  | { readonly kind: "pictures"; readonly values: readonly Picture[] };

/** A picture inside the table: the bytes of a PNG or JPEG, and the name that it had. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly path: string;
}

/** The whole file in memory. */
export async function parquetBytes(
  columns: Readonly<Record<string, Column>>,
  kvMetadata: { readonly key: string; readonly value: string }[] = [],
): Promise<Uint8Array> {
  const { ByteWriter, parquetWrite } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  const entries = Object.entries(columns);
  const columnData = entries.map(([name, { kind, values }]) => ({
    name,
    data:
      kind === "int64"
        ? values.map((value) => BigInt(value))
        : kind === "float32s"
          ? values.map((value) => Array.from(value))
          : [...values],
  }));
  const schema = [{ name: "root", num_children: entries.length }, ...entries.flatMap(([name, { kind }]) => elementsOf(name, kind))];
  await parquetWrite({ writer, columnData, schema, kvMetadata, statistics: false });
  return writer.getBytes();
}

/** Rows of the named columns, all where none is named. Throws `data.corrupt` for what is no parquet file. */
export async function parquetRows(path: string, columns?: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { asyncBufferFromFile, parquetReadObjects } = await import("hyparquet");
  try {
    const file = await asyncBufferFromFile(path);
    return (await parquetReadObjects({ file, ...(columns ? { columns: [...columns] } : {}), utf8: false })) as Record<string, unknown>[];
  } catch (cause) {
    throw new AgentError("data.corrupt", `${path}: cannot be read as parquet (${faultOf(cause)}); fetch the data set again`, { cause });
  }
}

const optional = "OPTIONAL" as const;
const text = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;
const list = (name: string, element: Partial<SchemaElement>): SchemaElement[] => [
  { name, converted_type: "LIST", repetition_type: optional, num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", repetition_type: optional, ...element },
];

function elementsOf(name: string, kind: Column["kind"]): SchemaElement[] {
  switch (kind) {
    case "int64":
      return [{ name, type: "INT64", repetition_type: optional }];
    case "float32":
      return [{ name, type: "FLOAT", repetition_type: optional }];
    case "text":
      return [{ name, ...text, repetition_type: optional }];
    case "float32s":
      return list(name, { type: "FLOAT" });
    case "texts":
      return list(name, text);
    case "pictures":
      return [
        { name, repetition_type: optional, num_children: 2 },
        { name: "bytes", type: "BYTE_ARRAY", repetition_type: optional },
        { name: "path", ...text, repetition_type: optional },
      ];
  }
}
