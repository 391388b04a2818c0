# ruleid: terraform-admin-port-open
resource "aws_security_group_rule" "rdp" {
  from_port   = 3389
  to_port     = 3389
  protocol    = "tcp"
  cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]
  type        = "ingress"
}

# ok: terraform-admin-port-open
resource "aws_security_group_rule" "out" {
  type        = "egress"
  from_port   = 0
  to_port     = 0
  protocol    = "-1"
  cidr_blocks = ["0.0.0.0/0"]
}

# ruleid: terraform-admin-port-open
resource "aws_vpc_security_group_ingress_rule" "db" {
  cidr_ipv4 = "0.0.0.0/0"
  from_port = 5432
  to_port   = 5432
}

resource "google_compute_firewall" "ssh" {
  network       = "main"
  source_ranges = ["0.0.0.0/0"]
  # ruleid: terraform-admin-port-open
  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_firewall" "web" {
  network       = "main"
  source_ranges = ["0.0.0.0/0"]
  # ok: terraform-admin-port-open
  allow {
    protocol = "tcp"
    ports    = ["80", "443"]
  }
}

resource "azurerm_network_security_rule" "ssh" {
  direction             = "Inbound"
  access                = "Allow"
  source_address_prefix = "*"
  # ruleid: terraform-admin-port-open
  destination_port_range = "22"
}

resource "azurerm_network_security_rule" "no" {
  direction             = "Inbound"
  access                = "Deny"
  source_address_prefix = "*"
  # ok: terraform-admin-port-open
  destination_port_range = "*"
}
