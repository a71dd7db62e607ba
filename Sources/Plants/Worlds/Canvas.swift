/// A colour of a picture, 0 to 255.
struct Colour: Sendable, Hashable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// A colour of 0 to 255 under a light that multiplies it; what is brighter than white is white.
    init(red: Double, green: Double, blue: Double, light: Double = 1) {
        func level(_ value: Double) -> UInt8 { UInt8(min(max((value * light).rounded(), 0), 255)) }
        self.init(level(red), level(green), level(blue))
    }

    /// The colour multiplied by a light.
    func lit(by light: Double) -> Colour {
        Colour(red: Double(red), green: Double(green), blue: Double(blue), light: light)
    }
}

/// The part of a world that a picture shows: at least a rectangle around a centre, the same scale in both directions.
struct Viewport: Sendable, Hashable {
    /// The middle of the picture, in units of the world.
    var centre: SIMD2<Double>
    /// How much the picture shows at least, in units of the world.
    var size: SIMD2<Double>
    /// Whether the second coordinate grows to the top, as in mechanics, or to the bottom, as in pictures.
    var isUpward: Bool
}

extension Frame {
    /// Draws with a canvas that shows the part of a world.
    mutating func draw(_ view: Viewport, _ body: (Canvas) -> Void) {
        let (width, height) = (width, height)
        pixels.withUnsafeMutableBufferPointer { buffer in
            precondition(buffer.count == width * height * 3, "the pixels of a picture are not width × height × 3")
            guard let base = buffer.baseAddress else { return }
            body(Canvas(base, width: width, height: height, view: view))
        }
    }
}

/// Draws shapes of a world into a picture, their edges smoothed by how much of each pixel they cover.
///
/// Only the pixels around a shape are touched and nothing is allocated. Shapes are given in units of the world and
/// drawn one over the other. A canvas lives no longer than the closure of `Frame.draw` that it is handed to.
struct Canvas {
    let pixels: UnsafeMutablePointer<UInt8>
    let width: Int
    let height: Int
    /// Pixels of a unit of the world.
    let scale: Float
    /// Where the origin of the world lies, in pixels from the top left corner.
    private let origin: SIMD2<Float>
    /// 1, or −1 where the world's second coordinate grows to the top.
    private let turn: Float

    init(_ pixels: UnsafeMutablePointer<UInt8>, width: Int, height: Int, view: Viewport) {
        self.pixels = pixels
        self.width = width
        self.height = height
        let scale = min(Double(width) / view.size.x, Double(height) / view.size.y)
        let turn = view.isUpward ? -1.0 : 1.0
        let middle = SIMD2(Double(width), Double(height)) / 2
        origin = SIMD2<Float>(middle - scale * SIMD2(view.centre.x, turn * view.centre.y))
        self.scale = Float(scale)
        self.turn = Float(turn)
    }

    /// A point of the world in pixels from the top left corner.
    func pixel(_ point: SIMD2<Double>) -> SIMD2<Float> {
        origin + scale * SIMD2(Float(point.x), turn * Float(point.y))
    }

    /// Fills the whole picture.
    func clear(_ colour: Colour) {
        write(colour, row: 0, from: 0, to: width)
        for row in 1..<max(height, 1) { copy(row: 0, to: row, from: 0, to: width) }
    }

    /// Draws what a shape covers.
    func paint(_ shape: some Silhouette, _ colour: Colour) {
        let (low, high) = shape.bounds
        let (left, right) = (index(low.x, width), index(high.x + 1, width))
        let (top, bottom) = (index(low.y, height), index(high.y + 1, height))
        guard left < right else { return }
        for row in top..<max(top, bottom) {
            var pixel = pixels + (row * width + left) * 3
            for column in left..<right {
                let covered = shape.coverage(SIMD2(Float(column) + 0.5, Float(row) + 0.5))
                if covered > 0 { blend(pixel, colour, covered) }
                pixel += 3
            }
        }
    }

    /// Mixes a colour over a pixel, 0 for nothing to 1 for all.
    @inline(__always)
    func blend(_ pixel: UnsafeMutablePointer<UInt8>, _ colour: Colour, _ share: Float) {
        let weight = Int32(min(share, 1) * 256 + 0.5)
        func mix(_ under: UInt8, _ over: UInt8) -> UInt8 {
            UInt8(truncatingIfNeeded: (Int32(under) << 8 + (Int32(over) - Int32(under)) * weight + 128) >> 8)
        }
        pixel[0] = mix(pixel[0], colour.red)
        pixel[1] = mix(pixel[1], colour.green)
        pixel[2] = mix(pixel[2], colour.blue)
    }

    /// The pixel at a coordinate, moved into the picture; what is not a number is the edge.
    func index(_ coordinate: Float, _ count: Int) -> Int {
        Int(Float.minimum(Float.maximum(coordinate, 0), Float(count)))
    }

    /// Sets pixels of a row.
    func write(_ colour: Colour, row: Int, from: Int, to: Int) {
        var pixel = pixels + (row * width + from) * 3
        for _ in from..<max(from, to) {
            pixel[0] = colour.red
            pixel[1] = colour.green
            pixel[2] = colour.blue
            pixel += 3
        }
    }

    /// Copies pixels of a row to another one.
    func copy(row: Int, to target: Int, from: Int, to: Int) {
        guard from < to else { return }
        (pixels + (target * width + from) * 3).update(from: pixels + (row * width + from) * 3, count: (to - from) * 3)
    }
}
