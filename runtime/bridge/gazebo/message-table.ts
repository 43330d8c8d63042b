/**
 * The messages of Gazebo that an arm needs, as field tables: name -> field -> [number, type]. Numbers are those of the public gz-msgs definitions
 * (unchanged from gz-msgs 8 to 12); a field left out here is skipped when read. `X[]` is a repeated field, an enum is an `int32`.
 */
export const MESSAGES = {
  // Plain values.
  Empty: { unused: [1, "bool"] },
  Boolean: { header: [1, "Header"], data: [2, "bool"] },
  Int32: { header: [1, "Header"], data: [2, "int32"] },
  UInt32_V: { header: [1, "Header"], data: [2, "uint32[]"] },
  Double: { header: [1, "Header"], data: [2, "double"] },
  Double_V: { data: [1, "double[]"] },
  Float: { header: [1, "Header"], data: [2, "float"] },
  Float_V: { header: [1, "Header"], data: [2, "float[]"] },
  StringMsg: { header: [1, "Header"], data: [2, "string"] },
  StringMsg_V: { header: [1, "Header"], data: [2, "string[]"] },
  /** Without fields of its own here: everything by default. */
  SdfGeneratorConfig: {},

  // Time.
  Time: { sec: [1, "int64"], nsec: [2, "int32"] },
  Duration: { header: [1, "Header"], sec: [2, "int64"], nsec: [3, "int32"] },
  Clock: { header: [1, "Header"], system: [2, "Time"], real: [3, "Time"], sim: [4, "Time"] },
  Header: { stamp: [1, "Time"], data: [2, "HeaderEntry[]"] },
  HeaderEntry: { key: [1, "string"], value: [2, "string[]"] },

  // Geometry.
  Vector2d: { header: [1, "Header"], x: [2, "double"], y: [3, "double"] },
  Vector3d: { header: [1, "Header"], x: [2, "double"], y: [3, "double"], z: [4, "double"] },
  Quaternion: { header: [1, "Header"], x: [2, "double"], y: [3, "double"], z: [4, "double"], w: [5, "double"] },
  Pose: { header: [1, "Header"], name: [2, "string"], id: [3, "uint32"], position: [4, "Vector3d"], orientation: [5, "Quaternion"] },
  Pose_V: { header: [1, "Header"], pose: [2, "Pose[]"] },
  Color: { header: [1, "Header"], r: [2, "float"], g: [3, "float"], b: [4, "float"], a: [5, "float"] },

  // Robot.
  Axis: {
    header: [1, "Header"],
    xyz: [2, "Vector3d"],
    limitLower: [3, "double"],
    limitUpper: [4, "double"],
    limitEffort: [5, "double"],
    limitVelocity: [6, "double"],
    damping: [7, "double"],
    friction: [8, "double"],
    position: [10, "double"],
    velocity: [11, "double"],
    force: [12, "double"],
    acceleration: [13, "double"],
    xyzExpressedIn: [14, "string"],
  },
  Joint: {
    header: [1, "Header"],
    name: [2, "string"],
    id: [3, "uint32"],
    type: [4, "int32"],
    parent: [5, "string"],
    parentId: [6, "uint32"],
    child: [7, "string"],
    childId: [8, "uint32"],
    pose: [9, "Pose"],
    axis1: [10, "Axis"],
    axis2: [11, "Axis"],
  },
  Link: {
    header: [1, "Header"],
    id: [2, "uint32"],
    name: [3, "string"],
    inertial: [9, "Inertial"],
    pose: [10, "Pose"],
    visual: [11, "Visual[]"],
    sensor: [13, "Sensor[]"],
    canonical: [15, "bool"],
  },
  Inertial: {
    header: [1, "Header"],
    mass: [2, "double"],
    pose: [3, "Pose"],
    ixx: [4, "double"],
    ixy: [5, "double"],
    ixz: [6, "double"],
    iyy: [7, "double"],
    iyz: [8, "double"],
    izz: [9, "double"],
  },
  Model: {
    header: [1, "Header"],
    name: [2, "string"],
    id: [3, "uint32"],
    isStatic: [4, "bool"],
    pose: [5, "Pose"],
    joint: [6, "Joint[]"],
    link: [7, "Link[]"],
    model: [12, "Model[]"],
  },
  JointTrajectory: { header: [1, "Header"], jointNames: [2, "string[]"], points: [3, "JointTrajectoryPoint[]"] },
  JointTrajectoryPoint: {
    positions: [1, "double[]"],
    velocities: [2, "double[]"],
    accelerations: [3, "double[]"],
    effort: [4, "double[]"],
    timeFromStart: [5, "Duration"],
  },
  Wrench: { header: [1, "Header"], force: [2, "Vector3d"], torque: [3, "Vector3d"], forceOffset: [4, "Vector3d"] },
  JointWrench: {
    header: [1, "Header"],
    body1Name: [2, "string"],
    body1Id: [3, "uint32"],
    body2Name: [4, "string"],
    body2Id: [5, "uint32"],
    body1Wrench: [6, "Wrench"],
    body2Wrench: [7, "Wrench"],
  },
  Contact: {
    header: [1, "Header"],
    collision1: [2, "Entity"],
    collision2: [3, "Entity"],
    position: [4, "Vector3d[]"],
    normal: [5, "Vector3d[]"],
    depth: [6, "double[]"],
    wrench: [7, "JointWrench[]"],
    world: [8, "Entity"],
  },
  Contacts: { header: [1, "Header"], contact: [2, "Contact[]"] },

  // Cameras.
  Image: {
    header: [1, "Header"],
    width: [2, "uint32"],
    height: [3, "uint32"],
    step: [4, "uint32"],
    data: [5, "bytes"],
    pixelFormatType: [6, "int32"],
  },
  CameraInfo: {
    header: [1, "Header"],
    width: [2, "uint32"],
    height: [3, "uint32"],
    distortion: [4, "CameraDistortion"],
    intrinsics: [5, "CameraIntrinsics"],
    projection: [6, "CameraProjection"],
    rectificationMatrix: [7, "double[]"],
  },
  CameraDistortion: { model: [1, "int32"], k: [2, "double[]"] },
  CameraIntrinsics: { k: [1, "double[]"] },
  CameraProjection: { p: [1, "double[]"] },
  Sensor: {
    header: [1, "Header"],
    name: [2, "string"],
    id: [3, "uint32"],
    parent: [4, "string"],
    parentId: [5, "uint32"],
    type: [6, "string"],
    alwaysOn: [7, "bool"],
    updateRate: [8, "double"],
    pose: [9, "Pose"],
    topic: [13, "string"],
  },

  // The world.
  WorldControl: {
    header: [1, "Header"],
    pause: [2, "bool"],
    step: [3, "bool"],
    multiStep: [4, "uint32"],
    reset: [5, "WorldReset"],
    seed: [6, "uint32"],
    runToSimTime: [7, "Time"],
  },
  WorldReset: { header: [1, "Header"], all: [2, "bool"], timeOnly: [3, "bool"], modelOnly: [4, "bool"] },
  WorldStatistics: {
    header: [1, "Header"],
    simTime: [2, "Time"],
    pauseTime: [3, "Time"],
    realTime: [4, "Time"],
    paused: [5, "bool"],
    iterations: [6, "uint64"],
    modelCount: [7, "int32"],
    realTimeFactor: [9, "double"],
    stepSize: [10, "Time"],
    stepping: [11, "bool"],
  },
  ServerControl: { header: [1, "Header"], stop: [6, "bool"] },
  Entity: { header: [1, "Header"], id: [2, "uint64"], name: [3, "string"], type: [4, "int32"] },
  EntityFactory: {
    header: [1, "Header"],
    sdf: [2, "string"],
    sdfFilename: [3, "string"],
    cloneName: [6, "string"],
    pose: [7, "Pose"],
    name: [8, "string"],
    allowRenaming: [9, "bool"],
    relativeTo: [10, "string"],
  },
  EntityFactory_V: { header: [1, "Header"], data: [2, "EntityFactory[]"] },
  Scene: {
    header: [1, "Header"],
    name: [2, "string"],
    ambient: [3, "Color"],
    background: [4, "Color"],
    shadows: [6, "bool"],
    grid: [8, "bool"],
    model: [9, "Model[]"],
    light: [10, "Light[]"],
    joint: [11, "Joint[]"],
  },
  Light: {
    header: [1, "Header"],
    name: [2, "string"],
    type: [3, "int32"],
    pose: [4, "Pose"],
    diffuse: [5, "Color"],
    specular: [6, "Color"],
    direction: [10, "Vector3d"],
    castShadows: [12, "bool"],
    id: [16, "uint32"],
  },
  Visual: {
    header: [1, "Header"],
    name: [2, "string"],
    id: [3, "uint32"],
    parentName: [4, "string"],
    parentId: [5, "uint32"],
    transparency: [7, "double"],
    pose: [9, "Pose"],
    geometry: [10, "Geometry"],
    material: [11, "Material"],
  },
  Geometry: {
    header: [1, "Header"],
    type: [2, "int32"],
    box: [3, "BoxGeom"],
    cylinder: [4, "CylinderGeom"],
    plane: [5, "PlaneGeom"],
    sphere: [6, "SphereGeom"],
  },
  BoxGeom: { header: [1, "Header"], size: [2, "Vector3d"] },
  CylinderGeom: { header: [1, "Header"], radius: [2, "double"], length: [3, "double"] },
  PlaneGeom: { header: [1, "Header"], normal: [2, "Vector3d"], size: [3, "Vector2d"], d: [4, "double"] },
  SphereGeom: { header: [1, "Header"], radius: [2, "double"] },
  Material: { header: [1, "Header"], ambient: [5, "Color"], diffuse: [6, "Color"], specular: [7, "Color"], emissive: [8, "Color"] },
  Marker: {
    header: [1, "Header"],
    action: [2, "int32"],
    ns: [3, "string"],
    id: [4, "uint64"],
    layer: [5, "int32"],
    type: [6, "int32"],
    lifetime: [7, "Time"],
    pose: [8, "Pose"],
    scale: [9, "Vector3d"],
    material: [10, "Material"],
    point: [11, "Vector3d[]"],
    text: [12, "string"],
    parent: [13, "string"],
    visibility: [14, "int32"],
  },
  Marker_V: { header: [1, "Header"], marker: [2, "Marker[]"] },

  // Who is there.
  Discovery: {
    version: [2, "uint32"],
    processUuid: [3, "string"],
    type: [4, "int32"],
    flags: [5, "DiscoveryFlags"],
    sub: [6, "DiscoverySubscriber"],
    pub: [7, "DiscoveryPublisher"],
  },
  DiscoveryFlags: { relay: [1, "bool"], noRelay: [2, "bool"] },
  DiscoverySubscriber: { topic: [1, "string"] },
  DiscoveryPublisher: {
    topic: [1, "string"],
    address: [2, "string"],
    processUuid: [3, "string"],
    nodeUuid: [4, "string"],
    scope: [5, "int32"],
    msgPub: [6, "DiscoveryTopic"],
    srvPub: [7, "DiscoveryService"],
  },
  DiscoveryTopic: { ctrl: [1, "string"], msgType: [2, "string"], throttled: [3, "bool"], msgsPerSec: [4, "uint64"] },
  DiscoveryService: { socketId: [1, "string"], requestType: [2, "string"], responseType: [3, "string"] },
} as const;

/** `PixelFormatType` of gz-msgs, as far as robot cameras use it. */
export const PIXEL_FORMAT = { lInt8: 1, lInt16: 2, rgbInt8: 3, rgbaInt8: 4, bgrInt8: 8, rFloat32: 13 } as const;
/** `Entity.Type` of gz-msgs. */
export const ENTITY_TYPE = { light: 1, model: 2, link: 3, visual: 4, collision: 5, sensor: 6, joint: 7 } as const;
/** `Marker.Type` and `Marker.Action` of gz-msgs, as far as paths and points need them. */
export const MARKER_TYPE = { box: 1, lineStrip: 3, lineList: 4, points: 5, sphere: 6 } as const;
export const MARKER_ACTION = { addOrModify: 0, deleteOne: 1, deleteAll: 2 } as const;

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
