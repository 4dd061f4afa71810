"""Boost.Geometry: points, polygons, areas, intersections, distances; its models are templates."""

import math

import cppbind as cppyy

cppyy.include("boost/geometry.hpp")
bg = cppyy.gbl.boost.geometry

Point = bg.model.d2.point_xy["double"]
Polygon = bg.model.polygon[Point]
Line = bg.model.linestring[Point]
Box = bg.model.box[Point]

square = Polygon()
bg.read_wkt("POLYGON((0 0, 0 4, 4 4, 4 0, 0 0))", square)
other = Polygon()
for x, y in ((2, 2), (2, 6), (6, 6), (6, 2), (2, 2)):
    bg.append(other.outer(), Point(x, y))
assert bg.area(square) == 16.0 and bg.perimeter(other) == 16.0
assert bg.within(Point(1, 1), square) and not bg.within(Point(5, 5), square)
# ---- more
assert bg.intersects(square, other) and bg.num_points(other) == 5

common = cppyy.gbl.std.vector[Polygon]()
bg.intersection(square, other, common)
assert len(common) == 1 and bg.area(common[0]) == 4.0
united = bg.model.multi_polygon[Polygon]()
bg.union_(square, other, united)
assert bg.area(united) == 28.0

assert bg.distance(Point(0, 0), Point(3, 4)) == 5.0
center = Point()
bg.centroid(square, center)
assert (center.x(), center.y()) == (2.0, 2.0)
box = bg.return_envelope[Box](other)
assert box.min_corner().x() == 2.0 and bg.get[1](box.max_corner()) == 6.0

line = Line()
for i in range(5):
    bg.append(line, Point(i, i % 2))
assert math.isclose(bg.length(line), 4 * math.sqrt(2))
short = Line()
bg.simplify(line, short, 2.0)
assert [(p.x(), p.y()) for p in short] == [(0, 0), (4, 0)]
assert str(bg.wkt(short)) == "LINESTRING(0 0,4 0)"
moved = Polygon()
bg.transform(square, moved, bg.strategy.transform.translate_transformer["double", 2, 2](10.0, 0.0))
assert bg.within(Point(11, 1), moved)
try:
    bg.read_wkt("POLYGON((", square)
except bg.read_wkt_exception as reason:
    print(reason)
else:
    raise AssertionError("read_wkt")
