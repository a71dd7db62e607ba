// swift-tools-version: 6.1
import PackageDescription

/// Every Swift target is built with the same language settings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library target of ours: plain settings, dependencies named downwards only (see Documentation/architecture.md).
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one module.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.init(stringLiteral: name), "_TestSupport"] + dependencies,
        resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "foresight",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "foresight", targets: ["foresight"]),
        .library(
            name: "Foresight",
            targets: [
                "Basics", "Records", "Reports", "Episodes", "Identification", "Monitoring", "Tensors", "Networks",
                "Perception", "WorldModels", "Objectives", "Plants", "Gymnasium", "Planning", "Agents", "Benchmarking",
                "Commands",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CKernels", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(
            name: "CTorch", dependencies: ["CKernels"],
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CHDF5", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CImages", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        module("Basics", [.product(name: "Yams", package: "Yams")]),
        module("Records", ["Basics"]),
        module("Reports", ["CZlib"]),
        module("Episodes", ["Basics", "CHDF5", "CImages", "CZlib"]),
        module("Identification", ["Basics", "Episodes"]),
        module("Monitoring", ["Basics", "Identification"]),
        module("Tensors", ["Basics", "CKernels", "CTorch"]),
        module("Networks", ["Basics", "Tensors"]),
        module("Perception", ["Basics", "Networks", "Tensors"]),
        module(
            "WorldModels",
            [
                "Basics", "CKernels", "Episodes", "Identification", "Monitoring", "Tensors", "Networks", "Perception",
            ]),
        module("Objectives", ["Basics", "Episodes"]),
        module("Plants", ["Basics", "Episodes"]),
        .target(
            name: "Gymnasium", dependencies: ["Basics", "Episodes", "Plants"], resources: [.embedInCode("bridge.py")],
            swiftSettings: settings),
        module("Planning", ["Basics", "Episodes", "Objectives", "Plants"]),
        module(
            "Agents",
            [
                "Basics", "CKernels", "Episodes", "Objectives", "Planning", "Plants", "Perception", "WorldModels",
                "Networks", "Tensors",
            ]),
        module(
            "Benchmarking",
            [
                "Basics", "Records", "Episodes", "Identification", "Monitoring", "Objectives", "Planning", "Plants",
                "Agents", "WorldModels", "Networks", "Tensors",
            ]),
        module(
            "Commands",
            [
                "Basics", "Records", "Reports", "Episodes", "Identification", "Monitoring", "Tensors", "Networks",
                "Perception", "WorldModels", "Objectives", "Plants", "Gymnasium", "Planning", "Agents", "Benchmarking",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(name: "foresight", dependencies: ["Commands"], swiftSettings: settings),
        .executableTarget(
            name: "log-to-plan",
            dependencies: [
                "Agents", "Basics", "Episodes", "Objectives", "Planning", "Plants", "Tensors", "WorldModels",
            ],
            path: "Examples/LogToPlan", swiftSettings: settings),
        .target(name: "_CTestSupport"),
        module("_TestSupport", ["Basics", "_CTestSupport"]),
        tests("Basics"),
        tests("Records", ["Basics"]),
        tests("Reports", ["Basics"]),
        tests("Episodes", ["Basics"]),
        tests("Identification", ["Basics", "Episodes"]),
        tests("Monitoring", ["Basics"]),
        tests("Tensors", ["Basics"]),
        tests("Networks", ["Tensors", "Basics"]),
        tests("Perception", ["Basics", "Networks", "Tensors"]),
        tests(
            "WorldModels",
            ["Basics", "Episodes", "Identification", "Tensors", "Networks", "Perception"]),
        tests("Objectives", ["Basics", "Episodes"]),
        tests("Plants", ["Basics", "Episodes", "Objectives"]),
        tests("Gymnasium", ["Basics", "Episodes", "Plants"]),
        tests("Planning", ["Basics", "Objectives", "Plants", "Episodes"]),
        tests(
            "Agents",
            [
                "Basics", "Episodes", "Objectives", "Perception", "Planning", "Plants", "WorldModels", "Networks",
                "Tensors",
            ]),
        tests(
            "Benchmarking",
            [
                "Agents", "Basics", "Episodes", "Monitoring", "Networks", "Objectives", "Planning", "Plants", "Records",
                "Tensors", "WorldModels",
            ]),
        tests(
            "Commands",
            [
                "Basics", "Records", "Episodes", "Tensors", "Networks", "Perception", "WorldModels", "Plants",
                "Planning", "Benchmarking",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "ExampleTests",
            dependencies: [
                "Agents", "Basics", "Episodes", "Objectives", "Planning", "Plants", "Records", "Tensors", "WorldModels",
                "_TestSupport",
            ], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
