/** A scene's compiled model as an SDF world: what stands still, what lies about, the robot, lights and cameras. */
import { invariant } from "../../runtime/core/errors.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import type { Body, CompiledModel, Geom, Light } from "../../runtime/kinematics/compiled-model.ts";
import { cameraElement, headlightsOf } from "./cameras.ts";
import { inertialElement, robotBodies, robotModel } from "./export-robot.ts";
import { CAMERAS, LINK, topicOf, WORLD } from "./names.ts";
import { type Controller, pluginOf, type Release, renderEngineOf } from "./release.ts";
import { collisionsOf, doesTouch, doTouch, visualsOf } from "./shapes.ts";
import { colourText, type Element, numberText, poseElement, vectorText } from "./xml.ts";

export interface WorldExport {
  readonly compiled: CompiledModel;
  readonly spec: RobotSpec;
  readonly cameras: readonly CameraSpec[];
  readonly cameraRateHz: number;
  readonly release: Release;
  readonly controller: Controller;
  readonly physicsStepS: number;
  /** 0: as fast as it can. */
  readonly realTimeFactor: number;
}

/** Where nothing is hit, as our own renderer paints it (sim/camera/renderer.ts); 0..1 a channel. */
const SKY_RGB = [150, 165, 180].map((value) => value / 255);
/** How often the poses of loose things are told, per simulated second. */
const POSE_RATE_HZ = 50;

/** SDF 1.9, which Fortress and later read: the version that first has quaternions in poses. */
const SDF_VERSION = "1.9";

/** The root element of the robot alone, for the `create` service. */
export function robotSdf(options: WorldExport): Element {
  return { sdf: { "@version": SDF_VERSION, model: robotModel({ ...options, frictionOf: frictionRule(options) }) } };
}

/** The root element of the whole world. */
export function worldSdf(options: WorldExport): Element {
  const { compiled, release, physicsStepS, realTimeFactor, cameras } = options;
  const frictionOf = frictionRule(options);
  const [world] = compiled.bodies as [Body];
  return {
    sdf: {
      "@version": SDF_VERSION,
      world: {
        "@name": WORLD,
        physics: {
          "@name": "step",
          "@type": "ignored",
          max_step_size: numberText(physicsStepS),
          real_time_factor: numberText(realTimeFactor),
        },
        gravity: vectorText(compiled.gravity),
        plugin: worldPlugins(release),
        scene: { ambient: `${colourText(compiled.ambient)} 1`, background: `${colourText(SKY_RGB)} 1`, grid: "false", shadows: "false" },
        light: [...compiled.lights.map(lightElement), ...headlightsOf(cameras, compiled.headDiffuse)],
        model: [
          ...world.geoms.map((geom) => fixedModel(geom, frictionOf)),
          ...looseBodies(options).map((body) => looseModel(body, release, frictionOf)),
          robotModel({ ...options, frictionOf }),
          ...camerasModel(options),
        ],
      },
    },
  };
}

function worldPlugins(release: Release): readonly Element[] {
  return [
    pluginOf(release, "physics"),
    pluginOf(release, "user-commands"),
    pluginOf(release, "scene-broadcaster"),
    { ...pluginOf(release, "sensors"), render_engine: renderEngineOf(release) },
  ];
}

function fixedModel(geom: Geom, frictionOf: (geom: Geom) => number): Element {
  const here = { ...geom, positionM: [0, 0, 0], quaternion: [1, 0, 0, 0] };
  return {
    "@name": geom.name,
    static: "true",
    pose: poseElement(geom.positionM, geom.quaternion),
    link: { "@name": LINK, collision: collisionsOf([here], () => frictionOf(geom)), visual: visualsOf([here]) },
  };
}

function looseBodies({ compiled, spec }: WorldExport): readonly Body[] {
  const robot = robotBodies(compiled, spec);
  const loose = compiled.bodies.slice(1).filter((body) => !robot.includes(body));
  for (const body of loose) {
    const isLoose = body.parent === 0 && body.joints.length === 1 && body.joints[0]!.kind === "free";
    invariant(isLoose, `body "${body.name}" of the scene is neither of the robot nor one free body`);
  }
  return loose;
}

function looseModel(body: Body, release: Release, frictionOf: (geom: Geom) => number): Element {
  return {
    "@name": body.name,
    pose: poseElement(body.positionM, body.quaternion),
    link: {
      "@name": LINK,
      inertial: inertialElement(body, body.name),
      collision: collisionsOf(body.geoms, frictionOf),
      visual: visualsOf(body.geoms),
    },
    plugin: {
      ...pluginOf(release, "pose-publisher"),
      publish_model_pose: "true",
      publish_nested_model_pose: "true",
      publish_link_pose: "false",
      publish_sensor_pose: "false",
      publish_collision_pose: "false",
      publish_visual_pose: "false",
      use_pose_vector_msg: "false",
      update_frequency: numberText(POSE_RATE_HZ),
    },
  };
}

function lightElement({ name, isDirectional, positionM, direction, diffuse, attenuation }: Light): Element {
  const [constant, linear, quadratic] = attenuation.map(numberText);
  return {
    "@name": name,
    "@type": isDirectional ? "directional" : "point",
    pose: poseElement(positionM, [1, 0, 0, 0]),
    visualize: "false", // Else the sensors' cameras see the symbol that stands for the light.
    cast_shadows: "false", // Our own renderer draws none, and the models are trained with its pictures.
    diffuse: `${colourText(diffuse)} 1`,
    specular: "0 0 0 1",
    ...(isDirectional
      ? { direction: vectorText(direction) }
      : { attenuation: { range: "20", constant: constant!, linear: linear!, quadratic: quadratic! } }),
  };
}

function camerasModel({ cameras, cameraRateHz }: WorldExport): readonly Element[] {
  if (cameras.length === 0) return [];
  return [
    { "@name": CAMERAS, static: "true", link: cameras.map((camera) => cameraElement(camera, cameraRateHz, topicOf.image(camera.name))) },
  ];
}

/**
 * MuJoCo takes the larger of two friction coefficients, DART the smaller. With the loose thing at the largest of all and everything else at no less than the
 * loose thing, the smaller in DART is the larger in MuJoCo for each pair with the loose thing; fixed things and the robot touch it alone. Of several loose
 * things each meets fixed ones with the largest friction of them all, and one another with the largest there is: SDF has one number where MuJoCo has a pair.
 */
function frictionRule(options: WorldExport): (geom: Geom) => number {
  const touching = options.compiled.bodies.flatMap(({ geoms }) => geoms.filter(doesTouch));
  const loose = new Set(looseBodies(options).flatMap(({ geoms }) => geoms.filter(doesTouch)));
  for (const one of loose) {
    for (const other of touching)
      invariant(
        one === other || doTouch(one, other),
        `shapes "${one.name}" and "${other.name}" have collision bits that SDF does not express`,
      );
  }
  const all = Math.max(...touching.map(({ friction }) => friction));
  const looseMax = Math.max(0, ...[...loose].map(({ friction }) => friction));
  return (geom) => (loose.has(geom) ? all : Math.max(geom.friction, looseMax));
}
