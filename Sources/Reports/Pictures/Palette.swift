/// At most 256 colours that stand for those of pictures.
struct Palette {
    /// The colours, red, green and blue in one number.
    private(set) var colors: [Int]
    private var places: [Int: UInt8]

    /// Chooses the colours of all pictures, `[height, width, 3]`: each where there are at most 256.
    init(_ frames: [[UInt8]]) {
        var counts: [Int: Int] = [:]
        for frame in frames {
            var place = 0
            while place < frame.count {
                let color = Int(frame[place]) << 16 | Int(frame[place + 1]) << 8 | Int(frame[place + 2])
                // Runs of one colour are counted at once.
                let start = place
                repeat {
                    place += 3
                } while place < frame.count && frame[place] == frame[start]
                    && frame[place + 1] == frame[start + 1] && frame[place + 2] == frame[start + 2]
                counts[color, default: 0] += (place - start) / 3
            }
        }
        // Sorted: the order of a dictionary differs from run to run.
        var boxes = [counts.map { (color: $0.key, count: $0.value) }.sorted { $0.color < $1.color }]
        if counts.count > 256 {
            while boxes.count < 256, let (index, axis) = Palette.widest(boxes) {
                let box = boxes[index].sorted { Palette.part($0.color, axis) < Palette.part($1.color, axis) }
                let half = box.reduce(0) { $0 + $1.count } / 2
                var (sum, middle) = (0, 0)
                while middle < box.count - 1, sum + box[middle].count <= half || middle == 0 {
                    sum += box[middle].count
                    middle += 1
                }
                boxes[index] = Array(box[..<middle])
                boxes.append(Array(box[middle...]))
            }
        } else {
            boxes = boxes[0].map { [$0] }
        }
        colors = []
        places = [:]
        for box in boxes {
            for entry in box { places[entry.color] = UInt8(colors.count) }
            colors.append(Palette.mean(box))
        }
    }

    /// The place of each pixel's colour.
    func indices(_ frame: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: frame.count / 3)
        var (last, lastPlace) = (-1, UInt8(0))
        for pixel in result.indices {
            let color = Int(frame[3 * pixel]) << 16 | Int(frame[3 * pixel + 1]) << 8 | Int(frame[3 * pixel + 2])
            if color != last { (last, lastPlace) = (color, places[color, default: 0]) }
            result[pixel] = lastPlace
        }
        return result
    }

    /// The box that weighs most by extent times pixels, and its longest axis; `nil` when none can be split.
    private static func widest(_ boxes: [[(color: Int, count: Int)]]) -> (box: Int, axis: Int)? {
        var best: (box: Int, axis: Int, weight: Int)?
        for (index, box) in boxes.enumerated() where box.count > 1 {
            let pixels = box.reduce(0) { $0 + $1.count }
            for axis in 0..<3 {
                var (low, high) = (255, 0)
                for entry in box {
                    let value = part(entry.color, axis)
                    (low, high) = (min(low, value), max(high, value))
                }
                let weight = (high - low) * pixels
                if weight > best?.weight ?? 0 { best = (index, axis, weight) }
            }
        }
        return best.map { ($0.box, $0.axis) }
    }

    private static func part(_ color: Int, _ axis: Int) -> Int { color >> (16 - 8 * axis) & 255 }

    private static func mean(_ box: [(color: Int, count: Int)]) -> Int {
        let pixels = box.reduce(0) { $0 + $1.count }
        return (0..<3).reduce(0) { color, axis in
            let sum = box.reduce(0) { $0 + part($1.color, axis) * $1.count }
            return color << 8 | (sum + pixels / 2) / pixels
        }
    }
}
