import type {
  TArray,
  TArrayOptions,
  TBoolean,
  TInteger,
  TLiteral,
  TLiteralValue,
  TNull,
  TNumberOptions,
  TObject,
  TObjectOptions,
  TOptional,
  TProperties,
  TSchema,
  TSchemaOptions,
  TString,
  TStringOptions,
  TUnion,
  TUnknown,
  TUnsafe,
} from "typebox";

/** Marks a property that may be left out; a symbol, so that the schema stays plain JSON Schema. */
const OPTIONAL = Symbol("optional");

/**
 * Makes the schemas of the protocol: plain JSON Schema objects, typed as TypeBox types them. The few kinds in use are
 * built here because loading the library costs a server that starts 22 MB and a tenth of a second; its types cost
 * nothing. A test holds the two together, value by value.
 */
export const Type = {
  Unknown: (options: TSchemaOptions = {}): TUnknown => made({ ...options }),
  Null: (options: TSchemaOptions = {}): TNull => made({ type: "null", ...options }),
  Boolean: (options: TSchemaOptions = {}): TBoolean => made({ type: "boolean", ...options }),
  Integer: (options: TNumberOptions = {}): TInteger => made({ type: "integer", ...options }),
  String: (options: TStringOptions = {}): TString => made({ type: "string", ...options }),
  Literal: <const V extends TLiteralValue>(value: V, options: TSchemaOptions = {}): TLiteral<V> =>
    made({ type: typeof value, const: value, ...options }),
  Array: <S extends TSchema>(items: S, options: TArrayOptions = {}): TArray<S> =>
    made({ type: "array", items, ...options }),
  Union: <const S extends TSchema[]>(anyOf: [...S], options: TSchemaOptions = {}): TUnion<S> =>
    made({ anyOf, ...options }),
  Optional: <S extends TSchema>(schema: S): TOptional<S> => made({ ...schema, [OPTIONAL]: true }),
  /** A schema that stands for a narrower type than it can say. */
  Unsafe: <T>(schema: TSchema): TUnsafe<T> => made({ ...schema }),
  Object: <P extends TProperties>(properties: P, options: TObjectOptions = {}): TObject<P> => {
    const required = Object.keys(properties).filter((key) => !(OPTIONAL in properties[key]!));
    return made({ type: "object", ...(required.length === 0 ? {} : { required }), properties, ...options });
  },
};

function made<S>(schema: object): S {
  return schema as S;
}
