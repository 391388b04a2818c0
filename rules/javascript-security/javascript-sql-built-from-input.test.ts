import { Body, Controller, Get, Param, ParseIntPipe, Post, Query } from "@nestjs/common";
import { NextRequest, NextResponse } from "next/server";

@Controller("orders")
export class OrdersController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  async find(@Query("state") state: string, @Query("page", ParseIntPipe) page: number) {
    // ruleid: javascript-sql-built-from-input
    await this.dataSource.query(`SELECT * FROM orders WHERE state = '${state}'`);
    // ok: javascript-sql-built-from-input
    return this.dataSource.query(`SELECT * FROM orders OFFSET ${page}`);
  }

  @Post()
  make(@Body() order: Order) {
    // ruleid: javascript-sql-built-from-input
    return this.dataSource.query("INSERT INTO orders VALUES ('" + order.item + "')");
  }
}

export async function POST(request: NextRequest) {
  const order = await request.json();
  // ruleid: javascript-sql-built-from-input
  await db.query(`INSERT INTO orders VALUES ('${order.item}')`);
  const state = request.nextUrl.searchParams.get("state");
  // ruleid: javascript-sql-built-from-input
  await db.query(`SELECT * FROM orders WHERE state = '${state}'`);
  const { searchParams } = new URL(request.url);
  // ruleid: javascript-sql-built-from-input
  await db.query("SELECT * FROM orders WHERE state = '" + searchParams.get("state") + "'");
  // ok: javascript-sql-built-from-input
  await db.query("SELECT * FROM orders WHERE state = $1", [state]);
  return NextResponse.json({});
}
