"""Every threshold of the pixel work, with its unit and its evidence."""

from __future__ import annotations

DPI = 200.0
"""Dots per inch of the common frame: pages arrive at about it, so nothing is lost or invented by scaling."""

DARK = 128
"""Gray below which a pixel is ink. Pages are 1-bit; gray only comes from making pixels square, so the middle is neutral."""

PRINTED = 200
"""Gray below which the blank prints: generous, since a thin rule must count as printed wherever it may fall."""

PRINT_REACH_PX = 2
"""Pixels around print that do not count as fill: registration is within 1 px (bench), a fax thickens rules by about one more."""

COARSE_DARK = 170
"""Gray below which a 100-dpi pixel counts as ink: half-size pixels hold the average of four, a thin rule fills half of one."""

LANDMARK_MATCH = 0.55
"""Normalised correlation above which a landmark counts as found; noise and strokes over print stay below on tried pages."""

LANDMARKS_NEEDED = 16
"""Landmarks that must agree before a page counts as laid over its blank: a third of what a half-hidden page still shows."""

SHARE_NEEDED = 0.35
"""Share of the landmarks looked for that must agree; wrong forms stay under 0.15 on the samples, filled right ones over 0.6."""

SQUEEZE_PX = 1.6
"""A jump of the vertical displacement, in 200-dpi pixels, that means rows are missing or doubled (one fax row is about 1)."""

MARK_INKED_SHARE = 0.02
"""Share of a tick box's inside from which it may be marked and below which it may be empty. Fax noise at 18 dB leaves under 0.008
after despeckling, a rule grown thick up to 0.023; of 100 practised marks 99 ink more than 0.055, thin typed ones and those on
pale copies from 0.025; dots ink 0.024 to 0.10, so that only shape tells them from marks."""

MARK_NO_DOT_MM = 1.0
"""Lesser side of the ink's extent from which it may be too thin for a dot; dots reach 1.3, small typed signs begin at 1."""

MARK_NO_DOT_SHARE = 0.5
"""Share of that extent which a dot's ink fills at least: of 120 dots practised 118 fill 0.65, two had a stripe through them;
small typed signs fill 0.15 to 0.5."""

MARK_SCRIBBLED_SHARE = 0.85
"""Share above which a box is blacked out: some mean it as a mark, some strike a mark out with it."""

MARK_SPECK_PX = 6
"""Connected pixels that a spot needs to count as part of a mark (0.1 mm²)."""

MARK_AROUND_MM = 2.4
"""Millimetres around a tick box in which ink is a mark that missed, not a neighbour's."""

MARK_BESIDE_MM2 = 0.9
"""Square millimetres of ink beside an empty box that make it doubtful: a small tick drawn next to it."""

SIGNATURE_SPECK_PX = 8
"""Connected pixels that a spot needs to count as part of a stroke."""

PEN_WIDTH_MM = 0.5
"""A ballpoint's line after a fax machine; turns inked area into stroke length."""

SIGNATURE_SOME_MM = 22.0
"""Stroke length that even short initials reach; a smudge or a comma does not."""

SIGNATURE_WIDTH_MM = 9.0
"""Width that the ink of a signature spans."""

BLANK_PAGE_INK = 600
"""Dark 100-dpi pixels (of 935,000) below which a page holds nothing but dust and perhaps a header line's remains."""

SPECK_PX = 5
"""Connected pixels that a spot needs to count as writing: a period at 204 × 98 has 6 or more, fax noise has 1 to 4."""

DUST_PX = 10
"""Neighbouring pixels of 200 dpi up to which ink that lies alone is dust: on 131 blank fields of 40 labelled faxes it had up to
8, once 11. Of 79 fields by hand of which all but 5 % of the ink was taken away none fell under it, of type one in five."""

DUST_ALONE_MM = 1.5
"""Millimetres within which ink has neighbours: letters and words stand nearer, a dot nearer still to its i."""

DUST_COUNTS_PX = 2
"""Connected pixels from which a spot is a neighbour; single ones are everywhere on a noisy line."""

LINE_INK_MM2 = 0.35
"""Inked area below which a line holds no writing; a lone initial in a 0.3 mm pen has 1.5."""

CELL_INK_MM2 = 0.30
"""Inked area of a cell that holds a character; a thin handwritten 1 has 0.6 or more."""

CELL_INK_TALL_MM = 1.0
"""Height of a cell's ink that holds a character; a dash or a remaining piece of rule is flatter."""

CELL_DIRT_MM2 = 0.12
"""Inked area above which an empty cell is doubtful."""

CELL_OVERSHOOT_MM = 1.5
"""How far above or below its comb a character's strokes are followed: the tail of a 7 or a 9 runs out by about one."""

CELL_OWNS_SHARE = 0.72
"""Share of a stroke's ink that one cell holds before all of it goes there; two characters that touch hold about half each."""

CELL_SCALE_MM = 2.6
"""Size that a cell's ink has at least before it is blown up to fill an image: the smallest written digits are as tall,
points, commas and short dashes are not and stay small."""

CELL_REMAINS_SHARE = 0.08
"""Share of a character's ink below which a loose piece right beside a rule is the rule's own remains. It made a 6 seem small
and off its middle; loose strokes of characters (the hat of a 5, the bar of a 7) have over 0.15."""

CELL_STRAY_MM2 = 0.25
"""Inked area right above or below a cell that is no character's, from which it may be the rest of the cell's: a pen's stroke of
half a millimetre. A 4 whose bar runs along the rule leaves its leg below, and a 1 above."""

HANDPRINT_OUTSIDE = 0.05
"""Weight of characters that a field does not allow: they are rarer there than where the reader learned its shares."""

STRIP_LEAST_PX = 16
"""Height, in 200-dpi pixels, that a strip has at least (2 mm)."""

BEYOND_MM = 1.0
"""Millimetres outside a zone in which its strokes' overshoot is looked for."""

BEYOND_INK_MM2 = 0.8
"""Inked area outside a zone that means its writing runs over the edge."""

SQUEEZE_NEAR_PX = 48
"""200-dpi pixels within which single lost rows add up to a jump: 6 mm, less than a zone is high."""

SQUEEZE_UNREST_PX = 4.0
"""200-dpi pixels that rows shift to and fro within twice that length, from which none of it is certain: a row lost every 50."""

UNSTEADY_PX = 1.25
"""200-dpi pixels by which two neighbouring landmarks or more may stay off in the same direction; up to 1.09 on 72 whole pages."""

MOVED_PX = 2.0
"""Pixels by which two neighbouring rows of print may have moved against each other: a single row lost between them at standard
resolution (2.04) may put what stands between them off by all of it. Of 12 zones off by more than 2 px, on 300 bent pages of two
seeds, this and UNSTEADY_PX for print found all; 2.5 did too, but leaves no room for the error of what is measured."""

PROVABLE_PX = 2.1
"""Size of a jump in the path, one row at standard resolution, that print on both sides may disprove."""

PROVED_OFF_PX = 0.8
"""Pixels that print may stand off and still bear the placement out; half of it is within 0.2, nine tenths are within 0.6."""

PROVED_ROWS = 80.0
"""Rows between two rows of print, 1 cm, for which they bear the placement out together: a zone's upper and lower rule. Of 139
zones of one seed so released the worst was off by 1.7 px."""

ROW_MARGIN = 3.0
"""Evidence (`row_path`) by which the best path of rows must beat any that is 2 px or more away; by the weights
a rule across the page brings about 6 (calculated, not measured)."""

ROWS_NEEDED = 0.3
"""Share of a page's stretches whose print must be found before landmarks are looked for at all."""

ROWS_EXPLAINED = 0.97
"""Share of a page's stretches whose print was found, that needs no second, farther search; whole pages have 1.0 (72 pages)."""

STRAIGHT_PX = 1.0
"""Shift, in 200-dpi pixels, that landmarks may still ask for anywhere before one affine map does not do: rules of a blank
stand on whole pixels, so that landmarks of straight pages ask for up to 0.97."""

SQUEEZE_MARGIN_PX = 12
"""200-dpi pixels around a jump in which a landmark's own patch straddles it, so that its exact place is not known."""

SQUEEZE_HARMLESS_PX = 8.0
"""Lost rows, in 200-dpi pixels (1 mm), that cannot hide a character (3 mm), a tick (4.5 mm box) or a signature from being there:
blank stays blank and marked stays marked; only what was written may be misread."""

SUPPORT_REACH_PX = 110
"""200-dpi pixels above and below a row (14 mm) in which landmarks vouch for it."""

SUPPORT_SHARE = 0.6
"""Share of those landmarks that must be found where they should be; a page printed from another drawing has under 0.4."""

ROW_LOST_PX = 22.0
"""A jump of the vertical displacement so large that a table row (9 mm, 70 px) may be taken for its neighbour: nothing
on the page is certain then."""

ONE_LINE_MM = 13.0
"""Height of a zone above which it may hold several lines; single lines are drawn 9 to 12 mm high."""

LINE_GAP_MM = 0.3
"""Rows without ink that stay inside one line: the gap between an i and its dot, or a lost row."""

LINE_TALL_MM = 1.4
"""Height that a line of writing has at least; flatter ink belongs to its neighbour."""

HEADER_LINE_MM = 14.0
"""Top of the form in which the sender's machine prints its header line, also when the page was shifted down."""

EDGE_MM = 6.0
"""Edge of the page on which shadows of the sheet and punched holes appear."""

OVERSHOOT_MM = 4.0
"""How far writing may run out of its field and still be that field's: descenders, long ticks, the tail of a signature."""

STRAY_MM2 = 8.0
"""Inked area outside all fields that means somebody wrote there: about eight handwritten letters."""

SHARE_WHOLE = 0.9
"""Share of agreeing landmarks that needs no second, farther search: undamaged pages reach 0.98."""

MARK_NEAT_MM2 = 0.6
"""Ink around a blacked-out box up to which it was filled in neatly, as PDF viewers and careful pens do;
scribbles run over the edge."""

MARK_CLEAN_PX = 2
"""Pixels of ink in and around a tick box up to which nobody has touched it: a speck of the line has 1 to 3."""

MARK_WHOLE_SHARE = 0.75
"""Share of a tick box's own print that is still there; less means that it was covered, or that the line took its rows."""

MARK_FIRM = 0.25
"""Firmness from which the verdict on a tick box or a signature stands without a person."""

MARK_SURE_PRESENT = 0.8
"""The mark net's belief at which a mark is firm: of 1,358 odd ones practised 16 passed it, all struck out within the box or by a
cross over it, which are practised far more often than people make them; 0.93 would withhold one plain cross in ten."""

MARK_SURE_ABSENT = 0.85
"""The mark net's belief at which an empty box is firm: 3 of 1,859 odd ones passed it, none of 1,570 marks."""

MARK_STRAY_MM2 = 0.5
"""Ink around an empty box up to which it is dirt; the smallest tick beside a box has 0.8, less where it falls on print."""

MARK_HARDLY_BESIDE = 0.3
"""The mark net's belief in a mark beside the box from which even so little ink may be one: 2 of 16 such ticks stood on print."""

SIGNATURE_SURE_PRESENT = 0.66
"""The belief in a signature, after the reader's word, at which it is firm; the calibration's bar for critical fields then stands
at 0.75. Of 850 not-signatures practised none passed 0.22; of 52 names printed by hand, which only a person can tell, one passed
(0.88) and one came near (0.67)."""

SIGNATURE_SURE_ABSENT = 0.72
"""The belief, after the reader's word, that ink is neither signature nor name at which none is firm; the calibration's bar then
stands at 0.83. No signature of 410 practised passed it, of 52 names printed by hand two did (0.91, 0.98): they look like type."""

SIGNATURE_BARE_PX = 40
"""Pixels of ink in a zone up to which nothing was written; a net need not look. Line noise leaves up to 100 in specks."""

SIGNATURE_TALL_MM = 1.3
"""Height that at least one connected stroke of a signature has; what is flatter throughout is a line or small print."""

SIGNATURE_WORDS_ODDS = (0.25, 20.0, 300.0)
"""How many times likelier ink is to be words and no name where a reader finds neither "on file" nor a date in it, finds it
perhaps, finds it plainly."""

INSTEAD_SCORES = ((3, 0.6), (5, 0.15), (99, 0.03))
"""Length in characters up to which, and the lattice's score from which, ink says one of the words that stand for no signature."""

DATE_SCORE = 0.3
"""The lattice's score, for digits and strokes alone, from which ink is a date."""

STRIPE_SHARE = 0.5
"""Share of a page's rows that a column must be dark in to be a stripe; a form's own bars and rules stay under 0.3."""

STRIPE_BROADEST_PX = 9
"""200-dpi pixels (1.1 mm) up to which a dark column is a stripe of dirt."""

STRIPE_FROM_EDGE_MM = 4.0
"""Edge of the page where dark columns are a sheet's shadow."""

STRIPE_SLANT_PX = 3
"""200-dpi pixels beside a stripe's columns in a field where its own ragged edge may still lie: it slants with the sheet."""
