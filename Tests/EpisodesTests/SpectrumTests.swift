import Foundation
import Testing

@testable import Episodes

@Suite("Spectra and scales of a log") struct SpectrumTests {
    @Test("The fast transform is the sum that defines it", arguments: [1, 2, 8, 64])
    func transform(count: Int) {
        let (x, y) = ((0..<count).map { sin(Double($0 * $0)) }, (0..<count).map { cos(3 * Double($0)) - 0.2 })
        var (real, imaginary) = (x, y)
        RecordedBand.transform(&real, &imaginary)
        for bin in 0..<count {
            var (a, b) = (0.0, 0.0)
            for row in 0..<count {
                let angle = -2 * Double.pi * Double(bin * row % count) / Double(count)
                a += x[row] * cos(angle) - y[row] * sin(angle)
                b += x[row] * sin(angle) + y[row] * cos(angle)
            }
            #expect(abs(real[bin] - a) < 1e-11 && abs(imaginary[bin] - b) < 1e-11, "bin \(bin) of \(count)")
        }
    }

    @Test("Scales leave missing samples out, bear large means, and never divide by zero") func scales() {
        let channels = ["large", "constant", "missing"].map { Channel(name: $0, role: .observation) }
        let values = (0..<400).flatMap { row -> [Double] in
            [1e6 + (row % 2 == 0 ? 1e-2 : -1e-2), 7, row < 3 ? 2 : .nan]
        }
        let episode = Episode(name: "e", channels: channels, samplingTime: 1, values: values)
        let scales = ChannelScales([episode])
        #expect(abs(scales.means[0] - 1e6) < 1e-6 && abs(scales.scales[0] - 1e-2) < 1e-8)
        #expect(scales.means[1...] == [7, 2] && scales.scales[1...] == [1, 1])
        let column = scales.standardised(episode, 0)
        #expect(abs(column[0] - 1) < 1e-5 && abs(column[1] + 1) < 1e-5)
        #expect(scales.standardised(episode, 2).count { $0.isNaN } == 397)
    }
}
