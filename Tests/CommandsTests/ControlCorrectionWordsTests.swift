import Basics
import Episodes
import Planning
import Reports
import Testing

@testable import Commands

@Suite("By how much a loop corrected its predictions is said")
struct ControlCorrectionWordsTests {
    private let outputs = ["T1", "T2"].map { Channel(name: $0, unit: "°C", role: .observation) }

    private func correction(
        _ channel: String, _ lead: Double, corrected: Int, largest: Double = 0, last: Double = 0
    ) -> LeadCorrection {
        var correction = LeadCorrection(channel: channel, lead: lead)
        (correction.predictions, correction.corrected) = (20, corrected)
        (correction.largest, correction.last) = (largest, last)
        return correction
    }

    @Test("with the lead time at which it was most, the unit, and what there was at the end") func most() throws {
        let corrections = [
            correction("T1", 10, corrected: 15, largest: 0.5, last: 0.25), correction("T2", 10, corrected: 0),
            correction("T1", 120, corrected: 5, largest: -1.5, last: 0.125), correction("T2", 120, corrected: 0),
        ]
        let text = try #require(ControlCorrectionWords.text(corrections, outputs: outputs))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3 && lines[2].hasPrefix("T1 "), "\(text)")
        for words in ["−1.50\u{202F}°C", "2 min", "+0.125\u{202F}°C", "25 %"] {
            #expect(lines[2].contains(words), "\(text)")
        }
        let block = try #require(ControlCorrectionWords.block(corrections, outputs: outputs))
        let page = Page(title: "loop", blocks: [block]).html
        #expect(page.contains("By how much predictions were corrected") && page.contains("+0.125"))
        let value = ControlCorrectionWords.json(corrections, outputs: outputs)
        #expect(value.array?.count == 4 && value[2]?["largest"]?.double == -1.5 && value[2]?["unit"]?.string == "°C")
    }

    @Test("and also that there was nothing to correct, but not where nothing is corrected") func none() throws {
        let corrections = [correction("T1", 10, corrected: 0), correction("T2", 10, corrected: 0)]
        let text = try #require(ControlCorrectionWords.text(corrections, outputs: outputs))
        #expect(text.hasPrefix("predictions were not corrected"))
        let block = try #require(ControlCorrectionWords.block(corrections, outputs: outputs))
        #expect(Page(title: "loop", blocks: [block]).html.contains("<p>Predictions were not corrected: "))
        for left in [[], [LeadCorrection(channel: "T1", lead: 10)]] as [[LeadCorrection]] {
            #expect(ControlCorrectionWords.text(left, outputs: outputs) == nil)
            let isSaid = ControlCorrectionWords.block(left, outputs: outputs) != nil
            #expect(!isSaid)
        }
    }
}
