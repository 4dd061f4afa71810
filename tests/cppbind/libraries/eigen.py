"""Eigen: matrices, products, expressions, solving, decompositions, maps of Python's own memory."""

import array
import math

import cppbind as cppyy

cppyy.add_include_path("/usr/include/eigen3")
cppyy.include("Eigen/Dense")
Eigen = cppyy.gbl.Eigen

a = Eigen.MatrixXd(3, 3)
for i, row in enumerate([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]]):
    for j, value in enumerate(row):
        a[i, j] = value
assert (a.rows(), a.cols(), a.size()) == (3, 3, 9)
assert a(1, 0) == a[0, 1] == 1.0 and a.trace() == 9.0

b = Eigen.VectorXd(3)
b[0], b[1], b[2] = 1.0, 2.0, 3.0
x = Eigen.VectorXd(a.ldlt().solve(b))
assert (a * x - b).norm() < 1e-12
# ---- more
assert x.isApprox(a.inverse() * b)
assert Eigen.VectorXd(a.colPivHouseholderQr().solve(b)).isApprox(x)

twice = Eigen.MatrixXd(a + a.transpose())
assert twice.isApprox(2.0 * a) and twice.isApprox(a * 2)
assert Eigen.MatrixXd(a.array().square().matrix())[0, 0] == 16.0
assert b.dot(b) == 14.0 and math.isclose(b.normalized().norm(), 1.0)
b *= 2.0
b += Eigen.VectorXd.Ones(3)
assert [b[i] for i in range(b.size())] == list(b) == [3.0, 5.0, 7.0]
assert Eigen.MatrixXd.Identity(2, 2).sum() == 2.0
assert -b == Eigen.VectorXd(b * -1.0) and b != x

a.row(0).setZero()
a.block(1, 1, 2, 2).setConstant(7.0)
a.col(2)[0] = 5.0
assert (a.sum(), a.maxCoeff(), a(0, 2)) == (1.0 + 0.5 + 28.0 + 5.0, 7.0, 5.0)

symmetric = Eigen.Matrix2d.Identity()
symmetric = Eigen.Matrix2d(symmetric)
symmetric[0, 1] = symmetric[1, 0] = 0.5
solver = Eigen.SelfAdjointEigenSolver[Eigen.Matrix2d](symmetric)
assert [round(value, 12) for value in solver.eigenvalues()] == [0.5, 1.5]
svd = Eigen.JacobiSVD[Eigen.MatrixXd](a, Eigen.ComputeThinU | Eigen.ComputeThinV)
assert Eigen.MatrixXd(svd.matrixU() * svd.singularValues().asDiagonal() * svd.matrixV().adjoint()).isApprox(a)

memory = array.array("d", range(6))                    # C++ works on it in place
mapped = Eigen.Map["Eigen::Matrix<double, 2, 3, Eigen::RowMajor>"](memory)
mapped *= 10.0
mapped[1, 0] = -1.0
assert memory.tolist() == [0.0, 10.0, 20.0, -1.0, 40.0, 50.0]
assert mapped.row(1).sum() == 89.0
print(mapped)
assert str(mapped).split() == ["0", "10", "20", "-1", "40", "50"]
