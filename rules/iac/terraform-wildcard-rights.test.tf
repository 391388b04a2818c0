resource "aws_iam_policy" "a" {
  policy = jsonencode({
    Version = "2012-10-17"
    # ruleid: terraform-wildcard-rights
    Statement = [{
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    }]
  })
}

resource "aws_iam_policy" "b" {
  policy = jsonencode({
    # ok: terraform-wildcard-rights
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:PutLogEvents"]
      Resource = "*"
    }]
  })
}

resource "google_project_iam_member" "c" {
  # ruleid: terraform-wildcard-rights
  role   = "roles/owner"
  member = "serviceAccount:shop@example.iam.gserviceaccount.com"
}

resource "google_project_iam_member" "d" {
  # ok: terraform-wildcard-rights
  role   = "roles/logging.logWriter"
  member = "serviceAccount:shop@example.iam.gserviceaccount.com"
}

resource "aws_iam_role_policy_attachment" "e" {
  role = aws_iam_role.shop.name
  # ruleid: terraform-wildcard-rights
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
